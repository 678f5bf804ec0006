import type { Cluster } from './cluster-ports.ts';
import type { SecretError } from './errors.ts';
import type { ClusterKeyRef, ServiceAccountRef } from './model/cluster-key-ref.ts';
import type { Issued } from './model/secret-generator.ts';
import type { SecretStore } from './model/secret-store.ts';
import type { Conceal, SecretValue } from './model/secret-value.ts';
import type { KeySource, SecretsConfig } from './model/secrets-config.ts';

/** One secret at a provider, by its name there. */
export type SecretAddress = {
  readonly key: string;
  /** As an ExternalSecret writes it; absent: what the provider takes for current. */
  readonly version?: string;
  /** True: what the provider says about the secret (tags, custom metadata), as JSON, in place of its value. */
  readonly metadata?: boolean;
};

/** `version` is the provider's own id of what was read; empty where it has none. */
export type SecretAnswer =
  | { readonly state: 'found'; readonly value: SecretValue; readonly version: string; readonly changedAt?: string }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly error: SecretError };

export type SecretQuery = {
  /** Where to begin, as the provider understands it. */
  readonly path?: string;
  /** Absent: every name. */
  readonly matches?: (name: string) => boolean;
  /** All of them must be equal. */
  readonly tags?: { readonly [key: string]: string };
};

export type FoundSecret = { readonly key: string; readonly answer: SecretAnswer };

/**
 * One store's provider, with the rights that the store chose. Values come as the provider has them: properties are taken out later.
 * Calls may be made all at once: the adapter puts them together into batches, bounds and retries them.
 */
export interface SecretProvider {
  /** Never fails as a whole: each reference has its own answer. */
  read(address: SecretAddress): Promise<SecretAnswer>;
  /** Every secret that fits, sorted by key; SecretError when they cannot be listed. */
  find(query: SecretQuery): Promise<readonly FoundSecret[]>;
}

/** What a store may read in the cluster to prove who it is; the rules about namespaces are applied behind it. */
export type StoreAccess = {
  /** The namespace of the ExternalSecret that asks. */
  readonly namespace: string;
  /** The cluster that the application is deployed to. */
  readonly cluster: Cluster;
  readSecretKey(ref: ClusterKeyRef): Promise<SecretValue>;
  readConfigMapKey(ref: ClusterKeyRef): Promise<string>;
  requestToken(account: ServiceAccountRef): Promise<SecretValue>;
  /** An annotation of a ServiceAccount; undefined: it has none of that name. */
  readAccountAnnotation(account: ServiceAccountRef, annotation: string): Promise<string | undefined>;
};

/** Opens what secrets are kept in. What may be opened was decided before. */
export interface SecretStores {
  /** SecretError when the store does not let us in; a Fake store is no business of this port. */
  open(store: SecretStore, access: StoreAccess): Promise<SecretProvider>;
  /** Asks for credentials that are issued anew each time; `expiresAt` is ISO 8601. */
  issue(
    generator: Issued,
    access: StoreAccess,
  ): Promise<{ readonly values: ReadonlyMap<string, SecretValue>; readonly expiresAt: string }>;
  /** What was read before serves nobody any more: a secret is known to have changed. */
  forget(): void;
}

export type KeyFile = { readonly name: string; readonly content: SecretValue };

/** Key files of the operator: sealing keys, age identities. */
export interface KeyFiles {
  /** Every file of a source; SecretError when it cannot be read. */
  read(source: KeySource): Promise<readonly KeyFile[]>;
  /** Adds a file, and never replaces one. */
  add(source: KeySource, file: KeyFile): Promise<void>;
}

/** Data keys that AWS KMS has encrypted. */
export interface DataKeys {
  decrypt(wanted: {
    readonly keyArn: string;
    readonly role?: string;
    readonly context: { readonly [key: string]: string };
    readonly ciphertext: Uint8Array;
  }): Promise<SecretValue>;
}

/** All that resolving secrets needs. */
export type SecretPorts = {
  /** The operator's word; read once. */
  readonly config: () => Promise<SecretsConfig>;
  readonly stores: SecretStores;
  readonly keyFiles: KeyFiles;
  readonly dataKeys: DataKeys;
  readonly conceal: Conceal;
  /** Unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
};
