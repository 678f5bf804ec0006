import { type ClusterFacts, type ServedKind, servedKind } from '../model/cluster.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Manifest } from '../model/manifest.ts';
import { groupOf, versionOf } from '../model/object-ref.ts';
import { lookupKinds } from './kind-lookup.ts';

/**
 * The facts, with every kind of the manifests among what is served: for manifests that are only to be looked at.
 * What the facts do not know is as inventories have it, in any version; what nobody knows is taken as namespaced.
 */
export function serveAll(facts: ClusterFacts, inventory: Inventory, manifests: readonly Manifest[]): ClusterFacts {
  const owned = inventory.map(({ ref, version }) => kindOf({ ...ref, version }, ref.namespace !== ''));
  const known = { ...facts, served: [...facts.served, ...owned] };
  const kinds = lookupKinds(known, manifests);
  const missing = manifests
    .filter((manifest) => kinds.find(manifest) === undefined)
    .map(({ apiVersion, kind }) => {
      const named = { group: groupOf(apiVersion), version: versionOf(apiVersion), kind };
      return kindOf(named, servedKind(known, { group: named.group, kind })?.namespaced ?? true);
    });
  return { ...known, served: [...known.served, ...missing] };
}

type Named = Pick<ServedKind, 'group' | 'version' | 'kind'>;

function kindOf({ group, version, kind }: Named, namespaced: boolean): ServedKind {
  return { group, version, kind, resource: '', namespaced, verbs: [] };
}
