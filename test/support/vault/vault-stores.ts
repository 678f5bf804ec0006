import { createHmac } from 'node:crypto';
import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { SecretStore } from '../../../shared/model/secret-store.ts';
import { type Conceal, SecretValue } from '../../../shared/model/secret-value.ts';
import type { VaultStore } from '../../../shared/model/vault-store.ts';
import type { StoreAccess } from '../../../shared/secret-ports.ts';

export type VaultSecretStore = SecretStore & { readonly provider: VaultStore };

/** A store of a namespace that logs in by the token in key `token` of a Secret `vault`, unless told otherwise. */
export function vaultSecretStore(
  provider: Partial<VaultStore> & { readonly server: string },
  more: Partial<Omit<SecretStore, 'provider'>> = {},
): VaultSecretStore {
  return {
    ref: { kind: 'SecretStore', namespace: 'shop', name: 'vault' },
    conditions: [],
    retry: { retries: 3, intervalMs: 5 },
    ...more,
    provider: {
      type: 'vault',
      version: 'v2',
      headers: {},
      readYourWrites: false,
      forwardInconsistent: false,
      auth: { type: 'token', token: { name: 'vault', key: 'token' } },
      ...provider,
    },
  };
}

/** Conceals as an installation would. */
export const conceal: Conceal = (bytes) =>
  new SecretValue(bytes, createHmac('sha256', 'test').update(bytes).digest('hex'));

/** What a store may read: keys of Secrets by their key alone, and tokens made by `requestToken`. */
export function accessWith(
  secrets: { readonly [key: string]: string },
  more: Partial<Omit<StoreAccess, 'cluster'>> = {},
): StoreAccess {
  return {
    namespace: 'shop',
    cluster: { name: 'test' } as Cluster,
    readSecretKey: async ({ key }) => conceal(Buffer.from(secrets[key] ?? '')),
    readConfigMapKey: async ({ key }) => secrets[key] ?? '',
    requestToken: async () => conceal(Buffer.from(secrets['account-token'] ?? '')),
    readAccountAnnotation: async () => undefined,
    ...more,
  };
}
