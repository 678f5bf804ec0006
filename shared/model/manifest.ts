import type { Json } from './json.ts';

/** The labels or annotations of an object. */
export type StringMap = { readonly [key: string]: string };

export type ManifestMetadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly [field: string]: Json | undefined;
};

/** A Kubernetes object as wanted: what a render yields and a snapshot keeps. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
  readonly [field: string]: Json | undefined;
};

/** What every live object's metadata has. `generation` is absent for kinds that do not count generations. */
export type LiveMetadata = ManifestMetadata & {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
};

/** A Kubernetes object as it is in a cluster. With only its metadata read, all other fields are absent. */
export type LiveObject = Manifest & { readonly metadata: LiveMetadata };

/** The same manifest with other labels and annotations added; the given ones win. */
export function withMetadata(
  manifest: Manifest,
  added: { readonly labels?: StringMap; readonly annotations?: StringMap; readonly namespace?: string },
): Manifest {
  const { labels, annotations } = manifest.metadata;
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      ...(added.namespace === undefined ? {} : { namespace: added.namespace }),
      ...(added.labels === undefined ? {} : { labels: { ...labels, ...added.labels } }),
      ...(added.annotations === undefined ? {} : { annotations: { ...annotations, ...added.annotations } }),
    },
  };
}

/** The annotation of an object, or undefined. */
export function annotationOf(manifest: Manifest, key: string): string | undefined {
  return manifest.metadata.annotations?.[key];
}
