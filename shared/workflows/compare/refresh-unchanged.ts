import { attempt } from '../../apply/attempt.ts';
import type { Inventory, InventoryEntry } from '../../model/inventory.ts';
import { versionOf } from '../../model/object-ref.ts';
import { seenEntry } from '../../plan/inventory-entry.ts';
import type { Unchanged } from '../../plan/plan-wave.ts';
import type { SyncRun } from '../sync/sync-run.ts';

type Looking = Pick<SyncRun, 'cluster' | 'assess'>;

/**
 * The entries of objects that are as wanted, with their health read again where only their status has moved.
 * Objects that have not moved at all cost nothing.
 */
export async function refreshUnchanged(unchanged: readonly Unchanged[], run: Looking): Promise<Inventory> {
  const moved = unchanged.filter(({ live, entry }) => entry.seen?.resourceVersion !== live.metadata.resourceVersion);
  const entries = await Promise.all(moved.map((item) => refreshOne(item, run)));
  return entries.flatMap((entry) => entry ?? []);
}

/** An object that cannot be read now keeps its last known entry. */
async function refreshOne(
  { target, live, entry }: Unchanged,
  { cluster, assess }: Looking,
): Promise<InventoryEntry | undefined> {
  // Kinds that count no generations have no status that could have moved.
  if (entry.seen?.health === undefined && live.metadata.generation === undefined)
    return seenEntry(target, live, undefined);
  const read = await attempt(cluster.read({ ref: target.ref, version: versionOf(target.manifest.apiVersion) }));
  if (!read.ok || read.value === undefined) return undefined;
  // What was compared is the metadata; health may be newer than it, never older.
  return seenEntry(target, { ...read.value, metadata: live.metadata }, assess(read.value));
}
