import { attempt } from '../../apply/attempt.ts';
import { type Inventory, type InventoryEntry, indexInventory, mergeInventory } from '../../model/inventory.ts';
import { keyOf, versionOf } from '../../model/object-ref.ts';
import { plannedEntry } from '../../plan/inventory-entry.ts';
import type { Target } from '../../plan/target.ts';
import { trackingOwner } from '../../plan/tracking.ts';
import { loadHead } from '../../state/heads.ts';
import { moveHead } from './move-head.ts';
import type { SyncRun } from './sync-run.ts';

/**
 * For a run that has lost the head and may not have known while it wrote: who took over may have found an object absent, and have
 * forgotten it, before this run made it. What is there, is ours and is on no record is put there again, for the next sync to keep or
 * to prune.
 */
export async function putOnRecord(run: SyncRun): Promise<void> {
  const { request, desired, ports } = run;
  const { name } = request.application;
  const known = indexInventory((await loadHead(ports.store, name))?.head.inventory ?? []);
  const unknown = desired.targets.filter(({ ref }) => !known.has(keyOf(ref)));
  const found = await Promise.all(unknown.map((target) => entryIfThere(run, target)));
  const entries: Inventory = found.flatMap((entry) => entry ?? []);
  if (entries.length === 0) return;
  await moveHead(name, ports, (head) => ({ ...head, inventory: mergeInventory(entries, head.inventory) }));
}

/** What cannot be read may be there. */
async function entryIfThere({ cluster, request }: SyncRun, target: Target): Promise<InventoryEntry | undefined> {
  const { ref, manifest } = target;
  const read = await attempt(cluster.readMetadata({ ref, version: versionOf(manifest.apiVersion) }));
  const isOurs = !read.ok || (read.value && trackingOwner(read.value, ref)?.application) === request.application.name;
  return isOurs ? plannedEntry(target) : undefined;
}
