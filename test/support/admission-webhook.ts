import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { eventually } from './eventually.ts';

/** What the API server asks about, as far as tests look at it. */
export type Reviewed = { readonly kind: string; readonly name: string; readonly operation: string };

export type AdmissionWebhook = {
  /** As it appears in the API server's messages. */
  readonly name: string;
  /** Takes it out of the cluster, and waits until it is out of force. */
  remove(): Promise<void>;
};

export type WebhookOptions = {
  readonly objects: KubernetesObjectApi;
  /** ConfigMaps of this namespace only are asked about. */
  readonly namespace: string;
  /** Why an object is refused; undefined lets it in. */
  readonly refuses: (reviewed: Reviewed) => string | undefined;
};

const webhookName = 'prompts.policy.example.com';

/** Serves a validating admission webhook with a certificate of its own authority; resolves when the API server asks it. */
export async function startAdmissionWebhook({
  objects,
  namespace,
  refuses,
}: WebhookOptions): Promise<AdmissionWebhook> {
  const server = createServer({ key, cert: certificate }, async (request, response) => {
    const { request: review } = (await json(request)) as { readonly request: Review };
    const kind = review.kind.kind;
    const message = isProbe(review) ? 'it works' : refuses({ kind, name: review.name, operation: review.operation });
    const verdict = message === undefined ? { allowed: true } : { allowed: false, status: { code: 403, message } };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.uid, ...verdict },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const configuration = configurationFor(namespace, (server.address() as AddressInfo).port);
  await objects.create(configuration);
  await eventually('the webhook is in force', async () => !(await admitsProbe(objects, namespace)));
  return {
    name: webhookName,
    async remove() {
      await objects.delete(configuration);
      await eventually('the webhook is out of force', () => admitsProbe(objects, namespace));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Review = {
  readonly uid: string;
  readonly name: string;
  readonly operation: string;
  readonly kind: { readonly kind: string };
};

const probeName = 'webhook-probe';

function isProbe({ name }: Review): boolean {
  return name === probeName;
}

async function admitsProbe(objects: KubernetesObjectApi, namespace: string): Promise<boolean> {
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: probeName, namespace } };
  try {
    await objects.create(probe, undefined, 'All');
    return true;
  } catch {
    return false;
  }
}

function configurationFor(namespace: string, port: number): KubernetesObject {
  const webhook = {
    name: webhookName,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(authority).toString('base64') },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `prompts-${namespace}` },
    webhooks: [webhook],
  } as KubernetesObject;
}

// Valid from 2020 to 2120, for 127.0.0.1; trusted only by those who are given the authority.
const authority = `-----BEGIN CERTIFICATE-----
MIIBhDCCASugAwIBAgIBATAKBggqhkjOPQQDAjApMScwJQYDVQQDEx53ZWJob29r
IGF1dGhvcml0eSBvZiB0aGUgdGVzdHMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAx
MDEwMDAwMDBaMCkxJzAlBgNVBAMTHndlYmhvb2sgYXV0aG9yaXR5IG9mIHRoZSB0
ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB1L+oaJCDIQNouZ7m982s7C
3eDT28pdYpWQRik5tc0UY9jYJp+DCeizSuPAtexzCnnxIlMlXgJXSMV9IiAiUk+j
QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBTD
jtZrJr77J42RSkw08Piddo9hUDAKBggqhkjOPQQDAgNHADBEAiA7D1UO9WkYcEaS
8QIahE4Ew91m/63f2BAOpPwwV5bCoQIgRVK0szXM8+yAbQwZ1dVToRPrl/LWmwcr
GLNRMOEHfF0=
-----END CERTIFICATE-----
`;

const certificate = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIBAjAKBggqhkjOPQQDAjApMScwJQYDVQQDEx53ZWJob29r
IGF1dGhvcml0eSBvZiB0aGUgdGVzdHMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAx
MDEwMDAwMDBaMBQxEjAQBgNVBAMTCTEyNy4wLjAuMTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABJjgHZuNEO1bXgNR15Smuy4mXAlWE2PWwFYfsElvnhM/VMcHwOPh
5jqXSOXfIEPkZG7lTla5GR7srUwlYZyEapyjSTBHMA8GA1UdEQQIMAaHBH8AAAEw
EwYDVR0lBAwwCgYIKwYBBQUHAwEwHwYDVR0jBBgwFoAUw47Waya++yeNkUpMNPD4
nXaPYVAwCgYIKoZIzj0EAwIDSQAwRgIhAOow70k5PQvemdh+OtWh2zb7p/DVDwSb
wUxFyzLVAvXmAiEA4hU3fMHhg7P56+nfOGig0GVAqaAbRHHrRts3ji4o0c4=
-----END CERTIFICATE-----
`;

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFzlHyd8Dop564aBQ
QlKAkpq/ORk3z7sZ0gtbCBjuAgahRANCAASY4B2bjRDtW14DUdeUprsuJlwJVhNj
1sBWH7BJb54TP1THB8Dj4eY6l0jl3yBD5GRu5U5WuRke7K1MJWGchGqc
-----END PRIVATE KEY-----
`;
