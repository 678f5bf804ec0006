import type { AwsStore } from './aws-store.ts';
import type { FakeStore } from './fake-store.ts';
import type { KubernetesStore } from './kubernetes-store.ts';
import type { LabelSelector } from './label-selector.ts';
import type { VaultStore } from './vault-store.ts';

/** Which store: `namespace` is empty for a ClusterSecretStore. */
export type StoreRef = {
  readonly kind: 'SecretStore' | 'ClusterSecretStore';
  readonly namespace: string;
  readonly name: string;
};

/** `SecretStore shop/aws`, `ClusterSecretStore vault`. */
export function formatStore({ kind, namespace, name }: StoreRef): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

export type ProviderSpec = AwsStore | VaultStore | KubernetesStore | FakeStore;

/** Namespaces that may use a ClusterSecretStore: one of the three is enough. */
export type StoreCondition = {
  readonly namespaceSelector?: LabelSelector;
  readonly namespaces: readonly string[];
  readonly namespaceRegexes: readonly string[];
};

/** A SecretStore or ClusterSecretStore, with a provider that is supported. */
export type SecretStore = {
  readonly ref: StoreRef;
  /** The class of the controller that is to serve it; absent: whichever reads it. */
  readonly controller?: string;
  /** Of ClusterSecretStores; none: every namespace. */
  readonly conditions: readonly StoreCondition[];
  readonly provider: ProviderSpec;
  /** Attempts after the first, and the milliseconds between them; absent: the adapter's own. */
  readonly retry?: { readonly retries: number; readonly intervalMs: number };
};
