import type { ServedKind } from '../model/cluster.ts';
import { isJsonObject, type Json, jsonAt } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { definedKind } from './kind-lookup.ts';

/** The kinds that a cluster will serve once the CRDs among the manifests are there; nothing can be asked of them yet. */
export function promisedKinds(manifests: readonly Manifest[]): readonly ServedKind[] {
  return manifests.flatMap((manifest) => {
    const defined = definedKind(manifest);
    const { spec } = manifest;
    const versions = jsonAt(spec, 'versions');
    const resource = jsonAt(spec, 'names', 'plural');
    if (defined === undefined || !Array.isArray(versions) || typeof resource !== 'string') return [];
    const namespaced = jsonAt(spec, 'scope') !== 'Cluster';
    return versions.filter(isServed).map((version: Json) => ({
      ...defined,
      version: String(jsonAt(version, 'name')),
      resource,
      namespaced,
      verbs: [],
    }));
  });
}

function isServed(version: Json): boolean {
  return isJsonObject(version) && version['served'] !== false && typeof version['name'] === 'string';
}
