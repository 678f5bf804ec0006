import type { ChangeCounts } from '../model/change.ts';
import type { Inventory, InventoryEntry } from '../model/inventory.ts';
import { keyOf } from '../model/object-ref.ts';
import type { Target } from './target.ts';

export type Wanting = {
  readonly targets: readonly Target[];
  /** What was owned before, by identity. */
  readonly inventory: ReadonlyMap<string, InventoryEntry>;
  /** Owned objects that are to go. */
  readonly removed: Inventory;
};

/** What a sync sets out to change. Objects that were announced and never seen to exist count as added. */
export function countChanges({ targets, inventory, removed }: Wanting): ChangeCounts {
  const before = targets.map((target) => ({ target, seen: inventory.get(keyOf(target.ref))?.seen }));
  return {
    added: before.filter(({ seen }) => seen === undefined).length,
    changed: before.filter(({ target, seen }) => seen !== undefined && seen.desiredHash !== target.hash).length,
    removed: removed.length,
  };
}
