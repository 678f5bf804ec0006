import type { Head } from '../../model/head.ts';
import type { SnapshotNote } from '../../model/snapshot.ts';
import { type RetentionPolicy, snapshotsToRemove } from '../../plan/retention.ts';
import type { Ports } from '../../ports.ts';
import { type GarbageCopy, moveToGarbage } from '../../state/garbage.ts';
import { loadHead, type StoredHead, saveHead } from '../../state/heads.ts';
import { keys } from '../../state/keys.ts';
import { isLive } from '../../state/live-lease.ts';
import type { Shelf } from './read-shelves.ts';

export type Retirement = {
  readonly policy: RetentionPolicy;
  readonly inUse: ReadonlySet<string>;
  /** True: nothing is written, and what would be is told. */
  readonly dryRun: boolean;
  readonly graceMs: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly copies: readonly GarbageCopy[];
};

/** What became of the snapshots of one application. */
export type Retired = {
  readonly shelf: Shelf;
  readonly removed: readonly SnapshotNote[];
  /** Notes that were taken out of the head, because what they are about is gone. */
  readonly missing: readonly SnapshotNote[];
  /** Why nothing was removed, though there was something to remove. */
  readonly skipped?: string;
};

type GcPorts = Pick<Ports, 'store' | 'clock' | 'worker'>;

/**
 * Takes the snapshots of one application that need not be kept any longer out of the head, and then into the garbage.
 *
 * The notes go first. A run that dies after that leaves snapshots without a note, as a sync does that dies before its head is saved:
 * they are there and whole, every reader takes them as they are, and the next run removes them. The other way round, a rollback
 * could choose by its note what is not there any more. The notes go by compare-and-swap on the head that was read before the
 * snapshots were listed: whoever has pinned, noted or begun something since wins, and the application is left for the next run.
 * A rollback that has found one just before it goes reads it from the garbage, where it stays until no pin has needed it for a day.
 */
export async function retireSnapshots(shelf: Shelf, asked: Retirement, ports: GcPorts): Promise<Retired> {
  const { stored, notes } = shelf;
  const { policy, inUse, startedAt: now } = asked;
  const head = stored?.head;
  const removed = snapshotsToRemove({ notes, inUse, policy, now, ...(head === undefined ? {} : { head }) });
  const { missing } = shelf;
  const nothing = { shelf, removed: [], missing: [] };
  if (removed.length + missing.length === 0) return nothing;
  if (head !== undefined && isHeld(head, ports)) return { ...nothing, skipped: 'it is being synced' };
  if (asked.dryRun) return { shelf, removed, missing };
  if (!(await forget(shelf, [...removed, ...missing], ports)))
    return { ...nothing, skipped: 'it has changed meanwhile' };
  for (const { name } of removed) await moveToGarbage(keys.snapshot(shelf.application, name), asked, ports);
  return { shelf, removed, missing };
}

/** True when the head has no notes of them and nobody had moved it since it was read. */
async function forget(shelf: Shelf, leaving: readonly SnapshotNote[], { store }: GcPorts): Promise<boolean> {
  const { application, stored } = shelf;
  const names = new Set(leaving.map(({ name }) => name));
  if (stored?.head.snapshots.some(({ name }) => names.has(name))) return forgetIn(stored, names, store);
  return (await loadHead(store, application))?.etag === stored?.etag;
}

async function forgetIn(
  { head, etag }: StoredHead,
  names: ReadonlySet<string>,
  store: Ports['store'],
): Promise<boolean> {
  const snapshots = head.snapshots.filter(({ name }) => !names.has(name));
  return (await saveHead(store, { ...head, snapshots }, etag)).won;
}

/** The lease of this very process counts too: another of its jobs may have it. */
function isHeld({ operation }: Head, ports: GcPorts): boolean {
  return operation?.phase === 'Running' && operation.lease !== undefined && isLive(operation.lease, ports);
}
