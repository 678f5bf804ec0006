import { ClusterError, SecretError } from '../../errors.ts';
import type { ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { jsonAt } from '../../model/json.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { isObjectMissing } from './api-status.ts';
import { parseAnswer } from './parse-answer.ts';

/** The shortest life that the API server grants. */
const lifeSeconds = 600;

export type NamespacedAccount = ServiceAccountRef & { readonly namespace: string };

/** A token of a ServiceAccount for its audiences, asked for by the TokenRequest API. */
export async function requestToken(
  client: ApiClient,
  account: NamespacedAccount,
  conceal: Conceal,
): Promise<SecretValue> {
  const subject = `ServiceAccount ${account.namespace}/${account.name}`;
  const request = toRequest(account, subject);
  const answer = await client.ask(request);
  if ('body' in answer) {
    const token = jsonAt(parseAnswer(client.server, subject, answer.body), 'status', 'token');
    if (typeof token === 'string' && token !== '') return conceal(Buffer.from(token));
    throw new ClusterError('cluster-refused', `${subject}: the API server's answer holds no token`, {
      object: subject,
      hint: 'Check that the server in the kubeconfig is a Kubernetes API server.',
    });
  }
  if (isObjectMissing(answer.status)) throw absentAccount(subject);
  if (answer.status.code === 403) throw deniedAccount(client, subject);
  throw client.refusal(request, answer.status);
}

function toRequest({ namespace, name, audiences }: NamespacedAccount, subject: string): ApiRequest {
  const spec = { expirationSeconds: lifeSeconds, ...(audiences.length === 0 ? {} : { audiences }) };
  return {
    purpose: { subject, verb: 'token', secret: true },
    method: 'POST',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
    resource: 'serviceaccounts/token',
    contentType: 'application/json',
    body: () => JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }),
  };
}

function absentAccount(subject: string): SecretError {
  return new SecretError('secret-absent', `${subject}, whose token is needed, does not exist`, {
    object: subject,
    hint: 'Create the ServiceAccount, or correct its name and namespace in the store.',
  });
}

function deniedAccount({ server }: ApiClient, subject: string): SecretError {
  return new SecretError('secret-denied', `${subject}: cluster "${server.name}" refuses a token of it (403)`, {
    object: subject,
    hint: 'Give the user of the kubeconfig the verb create on serviceaccounts/token in that namespace.',
  });
}
