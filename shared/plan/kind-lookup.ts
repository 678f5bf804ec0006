import type { ClusterFacts, ServedKind } from '../model/cluster.ts';
import { isJsonObject, type Json, jsonAt } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { groupOf, versionOf } from '../model/object-ref.ts';

/** What is known of a manifest's kind. `kind` is absent while only a CRD of the same render defines it. */
export type KnownKind = { readonly namespaced: boolean; readonly kind?: ServedKind };

export type KindLookup = {
  /** Undefined: neither the cluster nor a CRD of the render knows this kind in this version. */
  readonly find: (manifest: Manifest) => KnownKind | undefined;
  /** The apiVersions in which the cluster serves the kind. */
  readonly servedVersions: (manifest: Manifest) => readonly string[];
};

/** Finds kinds among what a cluster serves and what the CRDs of a render define. */
export function lookupKinds(facts: ClusterFacts, manifests: readonly Manifest[]): KindLookup {
  const served = Map.groupBy(facts.served, ({ group, kind }) => `${group}/${kind}`);
  const defined = new Map(manifests.flatMap(definedKinds));
  const servedAs = (manifest: Manifest): readonly ServedKind[] => served.get(keyOfKind(manifest)) ?? [];
  return {
    find: (manifest) => {
      const kind = servedAs(manifest).find(({ version }) => version === versionOf(manifest.apiVersion));
      if (kind !== undefined) return { namespaced: kind.namespaced, kind };
      const namespaced = defined.get(`${manifest.apiVersion}/${manifest.kind}`);
      return namespaced === undefined ? undefined : { namespaced };
    },
    servedVersions: (manifest) =>
      servedAs(manifest).map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
  };
}

/** The group and kind that a CRD defines, or undefined for other objects. */
export function definedKind(manifest: Manifest): { readonly group: string; readonly kind: string } | undefined {
  if (manifest.kind !== 'CustomResourceDefinition' || groupOf(manifest.apiVersion) !== 'apiextensions.k8s.io')
    return undefined;
  const group = jsonAt(manifest['spec'], 'group');
  const kind = jsonAt(manifest['spec'], 'names', 'kind');
  return typeof group === 'string' && typeof kind === 'string' ? { group, kind } : undefined;
}

/** The kinds, in every version, that a CRD has the cluster serve. */
export function kindsServedBy(
  manifest: Manifest,
): readonly { readonly group: string; readonly kind: string; readonly version: string }[] {
  const defined = definedKind(manifest);
  if (defined === undefined) return [];
  return servedVersionNames(manifest['spec']).map((version) => ({ ...defined, version }));
}

function definedKinds(manifest: Manifest): readonly (readonly [apiVersionAndKind: string, namespaced: boolean])[] {
  const defined = definedKind(manifest);
  if (defined === undefined) return [];
  const namespaced = jsonAt(manifest['spec'], 'scope') !== 'Cluster';
  return servedVersionNames(manifest['spec']).map((version) => [
    `${defined.group}/${version}/${defined.kind}`,
    namespaced,
  ]);
}

function servedVersionNames(spec: Json | undefined): readonly string[] {
  const versions = jsonAt(spec, 'versions');
  if (!Array.isArray(versions)) return [];
  return versions.flatMap((version: Json) => {
    if (!isJsonObject(version) || version['served'] === false) return [];
    return typeof version['name'] === 'string' ? [version['name']] : [];
  });
}

function keyOfKind({ apiVersion, kind }: Manifest): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
