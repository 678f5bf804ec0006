import type { StringMap } from '../../model/manifest.ts';
import type {
  Conversion,
  CreationPolicy,
  Decoding,
  DeletionPolicy,
  MergeRewrite,
  NullBytes,
  RefreshPolicy,
  Template,
  TemplateItem,
} from './external-secret.ts';

type Maybe<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | undefined };

/** The parts of an ExternalSecret's spec as they are written, before defaults. */
export type WrittenStoreRef = Maybe<{ name: string; kind: 'SecretStore' | 'ClusterSecretStore' }>;

export type WrittenGeneratorRef = Maybe<{ apiVersion: string }> & { readonly kind: string; readonly name: string };

export type WrittenSourceRef = Maybe<{ storeRef: WrittenStoreRef; generatorRef: WrittenGeneratorRef }>;

type WrittenStrategies = Maybe<{
  conversionStrategy: Conversion;
  decodingStrategy: Decoding;
  nullBytePolicy: NullBytes;
}>;

export type WrittenRemoteRef = WrittenStrategies &
  Maybe<{ property: string; version: string; metadataPolicy: 'None' | 'Fetch' }> & { readonly key: string };

export type WrittenFind = WrittenStrategies & Maybe<{ path: string; name: Maybe<{ regexp: string }>; tags: StringMap }>;

export type WrittenRewrite = Maybe<{
  regexp: { readonly source: string; readonly target: string };
  transform: { readonly template: string };
  merge: Maybe<Omit<MergeRewrite, 'type' | 'priority'> & { priority: string[] }>;
}>;

export type WrittenTemplateRef = {
  readonly name: string;
  readonly items: readonly (Pick<TemplateItem, 'key'> & Maybe<Pick<TemplateItem, 'templateAs'>>)[];
};

export type WrittenTemplateFrom = Maybe<{
  configMap: WrittenTemplateRef;
  secret: WrittenTemplateRef;
  literal: string;
  target: string;
  valuesDecodingStrategy: Decoding;
}>;

export type WrittenTemplate = Maybe<{
  type: string;
  engineVersion: 'v2';
  mergePolicy: Template['mergePolicy'];
  metadata: Maybe<{ labels: StringMap; annotations: StringMap; finalizers: readonly string[] }>;
  data: StringMap;
  templateFrom: readonly WrittenTemplateFrom[];
}>;

export type WrittenTarget = Maybe<{
  name: string;
  creationPolicy: CreationPolicy;
  deletionPolicy: DeletionPolicy;
  immutable: boolean;
  template: WrittenTemplate;
  manifest: { readonly apiVersion: string; readonly kind: string };
}>;

export type WrittenRow = Maybe<{ sourceRef: WrittenSourceRef }> & {
  readonly secretKey: string;
  readonly remoteRef: WrittenRemoteRef;
};

export type WrittenDataFrom = Maybe<{
  extract: WrittenRemoteRef;
  find: WrittenFind;
  sourceRef: WrittenSourceRef;
  rewrite: readonly WrittenRewrite[];
}>;

/** The spec of an ExternalSecret as it is written; durations are milliseconds. */
export type WrittenSpec = Maybe<{
  secretStoreRef: WrittenStoreRef;
  refreshPolicy: RefreshPolicy;
  refreshInterval: number;
  syncWindows: {
    readonly kind: 'allow' | 'deny';
    readonly windows?: readonly { readonly schedule: string; readonly duration: number }[] | undefined;
  };
  target: WrittenTarget;
  data: readonly WrittenRow[];
  dataFrom: readonly WrittenDataFrom[];
}>;
