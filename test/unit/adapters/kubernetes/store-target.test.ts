import { describe, expect, it } from '@jest/globals';
import { targetOf } from '../../../../shared/adapters/kubernetes/store-target.ts';
import type { Cluster } from '../../../../shared/cluster-ports.ts';
import type { KubernetesStore } from '../../../../shared/model/kubernetes-store.ts';
import type { StoreAccess } from '../../../../shared/secret-ports.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { testConceal } from '../../../support/secrets/no-secrets.ts';

const secrets: { readonly [key: string]: string } = { token: ' t0k3n\n', cert: 'CERT', key: 'KEY', broken: 'a b' };
const access: StoreAccess = {
  namespace: 'shop',
  cluster: { name: 'prod', facts: async () => ({ server: 'https://prod.example:6443/' }) } as unknown as Cluster,
  readSecretKey: async ({ key }) => testConceal(Buffer.from(secrets[key] ?? '')),
  readConfigMapKey: async ({ namespace = '', name, key }) => `${namespace}/${name}/${key}`,
  requestToken: async ({ name }) => testConceal(Buffer.from(`token-of-${name}`)),
  readAccountAnnotation: async () => undefined,
};
const target = (provider: Partial<KubernetesStore>) =>
  targetOf(
    {
      ref: { kind: 'SecretStore', namespace: 'shop', name: 'k8s' },
      conditions: [],
      provider: { type: 'kubernetes', remoteNamespace: 'infra', ...provider },
    },
    access,
  );
const ref = (key: string) => ({ name: 'proof', key });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const account = { type: 'service-account', account: { name: 'reader', audiences: [] } } as const;
const server = { url: 'https://other.example:6443/' };

describe('the API server of a Kubernetes store', () => {
  it('is the cluster that is deployed to, with our own rights, when the store says neither', async () => {
    expect(await target({})).toBeUndefined();
  });

  it('is that cluster as a ServiceAccount, trusted by the CA that Kubernetes puts into the namespace', async () => {
    expect(await target({ auth: account })).toMatchObject({
      cluster: { server: 'https://prod.example:6443', ca: { data: base64('shop/kube-root-ca.crt/ca.crt') } },
      user: { token: 'token-of-reader' },
    });
  });

  it.each([
    ['no CA of its own', {}, undefined],
    ['a caBundle', { caBundle: 'PEM' }, 'PEM'],
    ['a CA in a ConfigMap', { caProvider: { kind: 'ConfigMap', key: ref('ca') } } as const, '/proof/ca'],
    ['a CA in a Secret', { caProvider: { kind: 'Secret', key: ref('cert') } } as const, 'CERT'],
  ])('is another one with %s, always verified', async (_, ca, expected) => {
    const found = await target({ server: { ...server, ...ca }, auth: { type: 'token', token: ref('token') } });
    expect(found?.cluster).toEqual({
      name: 'SecretStore shop/k8s',
      server: 'https://other.example:6443',
      skipTlsVerify: false,
      ...(expected === undefined ? {} : { ca: { data: base64(expected) } }),
    });
    expect(found?.user?.token).toBe('t0k3n');
  });

  it('is met with a client certificate', async () => {
    const found = await target({ server, auth: { type: 'cert', clientCert: ref('cert'), clientKey: ref('key') } });
    expect(found?.user).toMatchObject({ certificate: { data: base64('CERT') }, key: { data: base64('KEY') } });
  });

  it.each(['empty', 'broken'])('is not asked with a credential that is %s', async (key) => {
    const error = await failureOf(target({ server, auth: { type: 'token', token: ref(key) } }));
    expect(error).toMatchObject({ code: 'secret-invalid', object: 'SecretStore shop/k8s' });
    expect(error.message).not.toContain('a b');
  });
});
