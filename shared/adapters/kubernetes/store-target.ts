import { SecretError } from '../../errors.ts';
import type { KubernetesStore } from '../../model/kubernetes-store.ts';
import { formatStore, type SecretStore, type StoreRef } from '../../model/secret-store.ts';
import type { SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import type { Target } from './find-target.ts';
import type { ClusterEntry, UserEntry } from './kubeconfig.ts';
import { credentialText } from './secret-json.ts';

export type KubernetesSecretStore = SecretStore & { readonly provider: KubernetesStore };

/** What Kubernetes puts into each namespace: the authority of its API server. */
const rootCa = { name: 'kube-root-ca.crt', key: 'ca.crt' };

/** The API server of a store and who to be there; undefined: the cluster that is deployed to, with the rights there are for it. */
export async function targetOf(store: KubernetesSecretStore, access: StoreAccess): Promise<Target | undefined> {
  const { server, auth } = store.provider;
  if (server === undefined && auth === undefined) return undefined;
  const name = formatStore(store.ref);
  return {
    name,
    cluster: server === undefined ? await sameCluster(name, access) : await otherCluster(name, server, access),
    user: await userOf(store, access),
  };
}

async function otherCluster(
  name: string,
  { url, caBundle, caProvider }: NonNullable<KubernetesStore['server']>,
  access: StoreAccess,
): Promise<ClusterEntry> {
  if (caBundle !== undefined || caProvider === undefined) return clusterEntry(name, url, caBundle);
  const { kind, key } = caProvider;
  const ca = kind === 'Secret' ? credentialText(await access.readSecretKey(key)) : await access.readConfigMapKey(key);
  return clusterEntry(name, url, ca);
}

/** The store names rights of its own, so ours do not count: the same server is asked anew. */
async function sameCluster(name: string, access: StoreAccess): Promise<ClusterEntry> {
  const { server } = await access.cluster.facts();
  const ca = await access.readConfigMapKey({ ...rootCa, namespace: access.namespace });
  return clusterEntry(name, server, ca);
}

function clusterEntry(name: string, server: string, ca: string | undefined): ClusterEntry {
  return {
    name,
    server: server.replace(/\/+$/, ''),
    skipTlsVerify: false,
    ...(ca === undefined ? {} : { ca: { data: toBase64(ca) } }),
  };
}

async function userOf({ ref, provider }: KubernetesSecretStore, access: StoreAccess): Promise<UserEntry> {
  const { auth } = provider;
  const user = { name: formatStore(ref), impersonate: [] };
  if (auth === undefined) return user;
  if (auth.type === 'cert') {
    const [certificate, key] = await Promise.all([
      credentialOf(ref, access.readSecretKey(auth.clientCert)),
      credentialOf(ref, access.readSecretKey(auth.clientKey)),
    ]);
    return { ...user, certificate: { data: toBase64(certificate) }, key: { data: toBase64(key) } };
  }
  const asked = auth.type === 'token' ? access.readSecretKey(auth.token) : access.requestToken(auth.account);
  const token = await credentialOf(ref, asked);
  if (/^[\x21-\x7e]+$/.test(token)) return { ...user, token };
  throw unusable(ref);
}

async function credentialOf(ref: StoreRef, asked: Promise<SecretValue>): Promise<string> {
  const text = credentialText(await asked);
  if (text === '') throw unusable(ref);
  return text;
}

function unusable(ref: StoreRef): SecretError {
  const object = formatStore(ref);
  return new SecretError('secret-invalid', `${object}: what its auth refers to is empty or no credential`, {
    object,
    hint: 'Put the credential there, or correct the reference in the store.',
  });
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
