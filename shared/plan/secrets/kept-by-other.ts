import { type ClusterFacts, servedKind } from '../../model/cluster.ts';
import type { InventoryEntry } from '../../model/inventory.ts';
import { type Json, jsonAt } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { groupOf, keyOf, type ObjectRef } from '../../model/object-ref.ts';
import { secretRole } from './secret-kinds.ts';

/**
 * The ExternalSecret or SealedSecret of which a controller makes a live Secret; undefined: none, or one that the application owns itself.
 * Where the cluster does not serve its kind, no controller looks after it, and what is left of it is a mere name.
 */
export function keptByOther(
  live: LiveObject,
  { facts, inventory }: { readonly facts: ClusterFacts; readonly inventory: ReadonlyMap<string, InventoryEntry> },
): ObjectRef | undefined {
  const owners = live.metadata['ownerReferences'];
  const controller = Array.isArray(owners) ? owners.find((owner) => jsonAt(owner, 'controller') === true) : undefined;
  const [apiVersion, kind, name] = [
    textAt(controller, 'apiVersion'),
    textAt(controller, 'kind'),
    textAt(controller, 'name'),
  ];
  if (secretRole({ apiVersion, kind }) === undefined) return undefined;
  const ref = { group: groupOf(apiVersion), kind, namespace: live.metadata.namespace ?? '', name };
  const isServed = servedKind(facts, ref) !== undefined;
  return isServed && !inventory.has(keyOf(ref)) ? ref : undefined;
}

function textAt(owner: Json | undefined, field: string): string {
  const text = jsonAt(owner, field);
  return typeof text === 'string' ? text : '';
}
