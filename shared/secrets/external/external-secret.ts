import type { JsonObject } from '../../model/json.ts';
import type { LabelSelector } from '../../model/label-selector.ts';
import type { StringMap } from '../../model/manifest.ts';
import type { GeneratorRef } from '../../model/secret-generator.ts';
import type { StoreRef } from '../../model/secret-store.ts';

export const conversions = ['Default', 'Unicode'] as const;
/** What becomes of characters that a Secret's key may not have. */
export type Conversion = (typeof conversions)[number];

export const decodings = ['None', 'Base64', 'Base64URL', 'Auto'] as const;
/** How a value is decoded after it was read. */
export type Decoding = (typeof decodings)[number];

export const nullBytePolicies = ['Ignore', 'Fail'] as const;
/** Whether a value may hold NUL bytes. */
export type NullBytes = (typeof nullBytePolicies)[number];

/** One secret at the provider, and what is made of its value. */
export type RemoteRef = {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
  /** True: what the provider says about the secret, in place of its value. */
  readonly metadata: boolean;
  readonly conversion: Conversion;
  readonly decoding: Decoding;
  readonly nullBytes: NullBytes;
};

/** One entry of `spec.data`. */
export type Row = { readonly secretKey: string; readonly store: StoreRef; readonly remote: RemoteRef };

export const mergeStrategies = ['Extract', 'JSON'] as const;
export const conflictPolicies = ['Error', 'Ignore'] as const;
export const priorityPolicies = ['Strict', 'IgnoreNotFound'] as const;

export type MergeRewrite = {
  readonly type: 'merge';
  readonly strategy: (typeof mergeStrategies)[number];
  /** Of the strategy JSON: the key that holds what was merged. */
  readonly into: string;
  readonly priority: readonly string[];
  readonly priorityPolicy: (typeof priorityPolicies)[number];
  readonly conflictPolicy: (typeof conflictPolicies)[number];
};

/** A change of key names; `merge` also changes values. */
export type Rewrite =
  | { readonly type: 'regexp'; readonly source: string; readonly target: string }
  | { readonly type: 'transform'; readonly template: string }
  | MergeRewrite;

/** One entry of `spec.dataFrom`. */
export type DataFrom =
  | {
      readonly type: 'extract';
      readonly store: StoreRef;
      readonly remote: RemoteRef;
      readonly rewrite: readonly Rewrite[];
    }
  | {
      readonly type: 'find';
      readonly store: StoreRef;
      readonly path?: string;
      readonly nameRegexp?: string;
      readonly tags?: StringMap;
      readonly conversion: Conversion;
      readonly decoding: Decoding;
      readonly nullBytes: NullBytes;
      readonly rewrite: readonly Rewrite[];
    }
  | { readonly type: 'generate'; readonly generator: GeneratorRef; readonly rewrite: readonly Rewrite[] };

export const templateScopes = ['Values', 'KeysAndValues'] as const;

/** A key of a ConfigMap or Secret that is a template: of one value, or of a YAML map of keys and values. */
export type TemplateItem = { readonly key: string; readonly templateAs: (typeof templateScopes)[number] };

/** One entry of `templateFrom`. `target` is `data`, `labels` or `annotations`; for other kinds than Secret also a path. */
export type TemplateFrom = {
  readonly target: string;
  readonly valuesDecoding: Decoding;
  readonly from:
    | { readonly type: 'literal'; readonly text: string }
    | { readonly type: 'ConfigMap' | 'Secret'; readonly name: string; readonly items: readonly TemplateItem[] };
};

export const mergePolicies = ['Replace', 'Merge'] as const;

export type Template = {
  readonly type?: string;
  readonly mergePolicy: (typeof mergePolicies)[number];
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly finalizers: readonly string[];
  readonly data: StringMap;
  readonly templateFrom: readonly TemplateFrom[];
};

export const creationPolicies = ['Owner', 'Orphan', 'Merge', 'CreateOrMerge', 'None'] as const;
export type CreationPolicy = (typeof creationPolicies)[number];

export const deletionPolicies = ['Retain', 'Delete', 'Merge'] as const;
export type DeletionPolicy = (typeof deletionPolicies)[number];

/** What is made of the values. */
export type Target = {
  readonly name: string;
  readonly creationPolicy: CreationPolicy;
  readonly deletionPolicy: DeletionPolicy;
  readonly immutable: boolean;
  readonly template?: Template;
  /** Another kind than Secret. */
  readonly manifest?: { readonly apiVersion: string; readonly kind: string };
};

export const refreshPolicies = ['Periodic', 'OnChange', 'CreatedOnce'] as const;
export type RefreshPolicy = (typeof refreshPolicies)[number];

/** Times at which periodic refreshes are allowed, or denied. */
export type SyncWindows = {
  readonly kind: 'allow' | 'deny';
  readonly windows: readonly { readonly schedule: string; readonly durationMs: number }[];
};

/** An ExternalSecret with all defaults filled in; it keeps every rule of admission. */
export type ExternalSecret = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly refreshPolicy: RefreshPolicy;
  /** Zero or less: never again. */
  readonly refreshIntervalMs: number;
  readonly syncWindows?: SyncWindows;
  readonly target: Target;
  readonly data: readonly Row[];
  readonly dataFrom: readonly DataFrom[];
  /** The spec as it is written. */
  readonly spec: JsonObject;
};

/** A ClusterExternalSecret: an ExternalSecret in each namespace that one of the selectors, or the list of names, chooses. */
export type ClusterExternalSecret = {
  readonly name: string;
  readonly apiVersion: string;
  readonly externalSecretName: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly selectors: readonly LabelSelector[];
  readonly namespaces: readonly string[];
  readonly spec: JsonObject;
};

/** How messages name an ExternalSecret. */
export function nameOfExternalSecret(es: { readonly namespace: string; readonly name: string }): string {
  return `ExternalSecret ${es.namespace}/${es.name}`;
}
