import { createHash } from 'node:crypto';
import type { ClusterKeyRef, ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { canonicalJson, type Json } from '../../model/json.ts';
import type { SecretStore, StoreRef } from '../../model/secret-store.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import type { SecretProvider, StoreAccess } from '../../secret-ports.ts';
import { readCredential } from './credentials.ts';
import { prepareLogin, type SignCallerIdentity } from './login.ts';
import { VaultHttp, type VaultTls } from './vault-http.ts';
import { VaultProvider } from './vault-provider.ts';
import { VaultSession } from './vault-session.ts';

export type VaultStoresOptions = {
  readonly conceal: Conceal;
  /** Absent: auth.iam is refused. */
  readonly signCallerIdentity?: SignCallerIdentity;
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** How long an answer serves for equal questions. */
  readonly keepMs: number;
};

type VaultSecretStore = SecretStore & { readonly provider: VaultStore };

export type VaultStores = {
  /** SecretError when Vault does not let the store in. */
  open(store: VaultSecretStore, access: StoreAccess): Promise<SecretProvider>;
  /** Lets go of every value that is kept for equal questions; logins stay. */
  forget(): void;
  /** Ends the tokens that were made, and all connections. */
  close(): Promise<void>;
};

type Opened = { readonly http: VaultHttp; readonly session: VaultSession; readonly provider: VaultProvider };

const defaultRetry = { retries: 3, intervalMs: 200 };

/** Opens stores of Vault. One login serves a store for as long as its lease lasts, each namespace with a login of its own where it matters. */
export function createVaultStores(options: VaultStoresOptions): VaultStores {
  const opened = new Map<string, Opened>();
  return {
    open: async (store, access) => {
      const tls = await readTls(store.provider, access, store.ref);
      const key = identityOf(store, access, tls);
      const kept = opened.get(key) ?? openStore(store, tls, options);
      opened.set(key, kept);
      const { session, provider } = kept;
      const { signCallerIdentity } = options;
      session.prepareWith(() =>
        prepareLogin({ auth: store.provider.auth, store: store.ref, access, signCallerIdentity }),
      );
      await session.open();
      return provider;
    },
    forget: () => {
      for (const { provider } of opened.values()) provider.forget();
    },
    close: async () => {
      const all = [...opened.values()];
      opened.clear();
      await Promise.all(all.map(closeStore));
    },
  };
}

function openStore({ provider, ref, retry }: VaultSecretStore, tls: VaultTls, options: VaultStoresOptions): Opened {
  const { timeoutMs, conceal, keepMs } = options;
  const { server, headers } = provider;
  const http = new VaultHttp({ server, tls, headers, timeoutMs, ...(retry ?? defaultRetry) });
  const session = new VaultSession({ http, provider, store: ref, freshMs: keepMs });
  return { http, session, provider: new VaultProvider({ session, store: provider, conceal, keepMs }) };
}

async function closeStore({ http, session }: Opened): Promise<void> {
  await session.close();
  await http.close();
}

/** The certificate of auth.cert is shown with every request, and comes before that of `tls`. */
async function readTls(provider: VaultStore, access: StoreAccess, ref: StoreRef): Promise<VaultTls> {
  const { auth, tls } = provider;
  const pair = auth.type === 'cert' ? { cert: auth.clientCert, key: auth.clientKey } : tls;
  const ca = await readAuthority(provider, access, ref);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(pair === undefined
      ? {}
      : { cert: await readCredential(access, pair.cert, ref), key: await readCredential(access, pair.key, ref) }),
  };
}

async function readAuthority(
  { caBundle, caProvider }: VaultStore,
  access: StoreAccess,
  ref: StoreRef,
): Promise<string | undefined> {
  if (caBundle !== undefined || caProvider === undefined) return caBundle;
  const { kind, key } = caProvider;
  return kind === 'Secret' ? readCredential(access, key, ref) : access.readConfigMapKey(key);
}

/** Two openings share a login only when everything that it is made of is the same. */
function identityOf(
  { ref, provider, retry }: VaultSecretStore,
  { cluster, namespace }: StoreAccess,
  tls: VaultTls,
): string {
  const scope = ref.namespace === '' && followsAsker(provider) ? namespace : '';
  const parts = [cluster.name, ref, provider, retry ?? null, scope, tls] as unknown as Json;
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** True when a reference of a cluster-wide store has no namespace of its own: then it means that of whoever asks. */
function followsAsker(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isReference(value)) return value.namespace === undefined;
  return Object.values(value).some(followsAsker);
}

function isReference(value: object): value is ClusterKeyRef | ServiceAccountRef {
  return 'name' in value && ('key' in value || 'audiences' in value);
}
