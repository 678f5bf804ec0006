import type { ObjectRef } from './object-ref.ts';

/** One secret that was read, by its names alone. */
export type SecretRead = {
  /** `SecretStore shop/aws`, or the kind of key that opened it. */
  readonly store: string;
  /** As the manifest names it. */
  readonly key: string;
  /** What it is at the provider, whatever store leads there: see `secretSource`. */
  readonly source: string;
  /** As the manifest asks for it; absent: the current one. */
  readonly asked?: string;
  /** The provider's own id of what came; empty where it has none. */
  readonly version: string;
  /** ISO 8601, where the provider says it. */
  readonly changedAt?: string;
};

/** How one manifest that stands for a Secret was resolved. */
export type SecretRecord = {
  /** The ExternalSecret, SealedSecret or encrypted Secret. */
  readonly declaredBy: ObjectRef;
  readonly target: ObjectRef;
  readonly reads: readonly SecretRead[];
  /** The milliseconds after which it is to be read again; absent: only with a sync. */
  readonly refreshMs?: number;
  /** ISO 8601: when what was issued for it has to be issued anew, whatever its interval; absent: never. */
  readonly until?: string;
  /** Why it could not be resolved, and what to do. */
  readonly problem?: { readonly message: string; readonly hint?: string };
};
