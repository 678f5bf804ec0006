import type { StringMap } from '../../model/manifest.ts';

/** Where a sealed value may be opened: under its very name, in its namespace, or anywhere. */
export type SealingScope = 'strict' | 'namespace-wide' | 'cluster-wide';

/** Whom a value is sealed for. */
export type SealingPlace = { readonly scope: SealingScope; readonly namespace: string; readonly name: string };

/** What the Secret gets beside the values. */
export type SealedTemplate = {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly finalizers: readonly string[];
  /** Go templates over the opened values, by key. */
  readonly data: ReadonlyMap<string, string>;
};

/** What a Secret is made of. */
export type SecretParts = Omit<SealedTemplate, 'data'> & { readonly values: ReadonlyMap<string, Uint8Array> };

/** A SealedSecret as it is written. */
export type SealedSecret = {
  readonly place: SealingPlace;
  /** Base64 by key. */
  readonly encrypted: ReadonlyMap<string, string>;
  /** `spec.data`: a whole Secret in one ciphertext, as before encryptedData. */
  readonly legacy?: string;
  readonly template: SealedTemplate;
};

export const annotations = {
  clusterWide: 'sealedsecrets.bitnami.com/cluster-wide',
  namespaceWide: 'sealedsecrets.bitnami.com/namespace-wide',
  managed: 'sealedsecrets.bitnami.com/managed',
  patch: 'sealedsecrets.bitnami.com/patch',
  skipOwner: 'sealedsecrets.bitnami.com/skip-set-owner-references',
} as const;

/** The scope that annotations ask for; the wider one wins, and only `true` counts. */
export function scopeOf(given: StringMap): SealingScope {
  if (given[annotations.clusterWide] === 'true') return 'cluster-wide';
  return given[annotations.namespaceWide] === 'true' ? 'namespace-wide' : 'strict';
}

/** The same annotations for another scope. */
export function withScope(given: StringMap, scope: SealingScope): StringMap {
  const { [annotations.clusterWide]: cluster, [annotations.namespaceWide]: namespace, ...others } = given;
  if (scope === 'strict') return others;
  return { ...others, [scope === 'cluster-wide' ? annotations.clusterWide : annotations.namespaceWide]: 'true' };
}

/** What a value is bound to: the OAEP label of its session key. */
export function labelOf({ scope, namespace, name }: SealingPlace): Uint8Array {
  const labels = { strict: `${namespace}/${name}`, 'namespace-wide': namespace, 'cluster-wide': '' };
  return Buffer.from(labels[scope]);
}

/** For messages: `SealedSecret shop/db`. */
export function nameOfSealed({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `SealedSecret ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/**
 * What may be done to a Secret of that name which others made: `own`: nothing, it is refused; `take-over`: it becomes ours;
 * `patch`: our keys, labels and annotations are added to it.
 */
export type Ownership = 'own' | 'take-over' | 'patch';

/** What the annotations of a live Secret, or of a template, allow; `patch` wins, as in the controller. */
export function ownershipOf(given: StringMap): Ownership {
  if (given[annotations.patch] === 'true') return 'patch';
  return given[annotations.managed] === 'true' ? 'take-over' : 'own';
}
