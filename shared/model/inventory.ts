import { keyOf, type ObjectRef } from './object-ref.ts';
import type { Health } from './status.ts';

/** What was seen of an object when it was last known to be as wanted. */
export type LastSeen = {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent for kinds that do not count generations. */
  readonly generation?: number;
  /** SHA-256 of the manifest that was applied, tracking metadata included. */
  readonly desiredHash: string;
  /** Absent for kinds without a health rule. */
  readonly health?: Health;
};

/** One object that an application owns, or (without `seen`) may be about to create. */
export type InventoryEntry = {
  readonly ref: ObjectRef;
  /** The version it was last applied in, to find it again. */
  readonly version: string;
  /** The sync wave that it was applied in; prune order mirrors it. */
  readonly wave: number;
  /** What it was made of, where that is another kind: an ExternalSecret of a Secret, for one. */
  readonly declaredBy?: ObjectRef;
  /** Present when it stays, without our marks, once it is not wanted any more: it was shared with others, or asks for it. */
  readonly stays?: true;
  /** Present when the object itself asks to be pruned after everything else. */
  readonly pruneLast?: true;
  readonly seen?: LastSeen;
};

export type Inventory = readonly InventoryEntry[];

/** The entries by identity. */
export function indexInventory(inventory: Inventory): ReadonlyMap<string, InventoryEntry> {
  return new Map(inventory.map((entry) => [keyOf(entry.ref), entry]));
}

/** Later entries replace earlier ones of the same identity; nothing else is lost. Sorted by identity. */
export function mergeInventory(inventory: Inventory, later: Inventory): Inventory {
  const merged = new Map([...inventory, ...later].map((entry) => [keyOf(entry.ref), entry]));
  return [...merged.keys()].sort().map((key) => merged.get(key) as InventoryEntry);
}

/** The inventory without the objects whose deletion was confirmed. */
export function withoutDeleted(inventory: Inventory, deleted: readonly ObjectRef[]): Inventory {
  const gone = new Set(deleted.map(keyOf));
  return inventory.filter((entry) => !gone.has(keyOf(entry.ref)));
}

/** The inventory with nothing claimed of these objects, so that the next scan looks at them; the same one when nothing was. */
export function withoutSeen(inventory: Inventory, refs: readonly ObjectRef[]): Inventory {
  const unsure = new Set(refs.map(keyOf));
  const isSure = ({ ref, seen }: InventoryEntry): boolean => seen === undefined || !unsure.has(keyOf(ref));
  if (inventory.every(isSure)) return inventory;
  return inventory.map((entry) => (isSure(entry) ? entry : unclaimed(entry)));
}

function unclaimed({ seen: _unsure, ...entry }: InventoryEntry): InventoryEntry {
  return entry;
}
