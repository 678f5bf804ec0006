import type { Head } from '../../model/head.ts';
import type { SnapshotNote } from '../../model/snapshot.ts';
import { type RetentionPolicy, standardRetention } from '../../plan/retention.ts';
import type { Ports } from '../../ports.ts';
import { listGarbage, standardGraceMs } from '../../state/garbage.ts';
import { keys } from '../../state/keys.ts';
import { readAll, type Unreadable } from '../../state/read-all.ts';
import { snapshotsOfRestores } from '../../state/restores.ts';
import { parseWanted } from '../../state/wanted.ts';
import { type Collected, collectRenders } from './collect-renders.ts';
import { readShelves, type Shelf } from './read-shelves.ts';
import { type Retired, retireSnapshots } from './retire-snapshots.ts';

export type GarbageRequest = {
  /** Default: 20 snapshots, and those of 30 days. */
  readonly policy?: RetentionPolicy;
  /** True: nothing is written, and what would be is told. Default false. */
  readonly dryRun?: boolean;
  /** How long things stay in the garbage; default one day. Longer than any run takes. */
  readonly graceMs?: number;
};

export type SnapshotName = { readonly application: string; readonly name: string };

/** What was done or, in a dry run, would be; all but snapshots by their keys. */
export type GarbageOutcome = {
  /** Into the garbage. */
  readonly removedSnapshots: readonly SnapshotName[];
  /** Into the garbage. */
  readonly removedRenders: readonly string[];
  /** Out of the garbage, for good: renders and snapshots. */
  readonly deleted: readonly string[];
  /** Out of the garbage, for they are needed again. */
  readonly putBack: readonly string[];
  readonly removedNotes: readonly string[];
  /** Snapshots that were gone already; their heads say so no longer. */
  readonly missingSnapshots: readonly SnapshotName[];
  /** Applications whose snapshots are left for the next run, and why. */
  readonly skipped: readonly { readonly application: string; readonly why: string }[];
  readonly kept: { readonly snapshots: number; readonly renders: number };
  /** Also notes of renders; such a one keeps nothing from being removed. */
  readonly unreadable: readonly Unreadable[];
  /** True when a head or a snapshot could not be read: then no render was removed, and nothing for good. */
  readonly blocked: boolean;
};

type GcPorts = Pick<Ports, 'store' | 'clock' | 'worker'>;

/**
 * Removes snapshots that need not be kept any longer, and renders that nothing refers to. It can run beside syncs and beside itself,
 * and be stopped anywhere: what it removes is in the garbage first, and readers find it there (state/garbage.ts).
 */
export async function collectGarbage(request: GarbageRequest, ports: GcPorts): Promise<GarbageOutcome> {
  const { policy = standardRetention, dryRun = false, graceMs = standardGraceMs } = request;
  const startedAt = ports.clock.now().getTime();
  const copies = await listGarbage(ports.store);
  const shelved = await readShelves(ports.store);
  const restores = await snapshotsOfRestores(ports.store);
  const wanted = await readAll(ports.store, keys.wanted, parseWanted);
  const { shelves } = shelved;
  const inUse = restores.names;
  const unreadable = [...shelved.unreadable, ...restores.unreadable, ...wanted.unreadable];
  const inGit = wanted.found.flatMap(({ rendered }) => rendered?.renderDigest ?? []);
  const retired: Retired[] = [];
  for (const shelf of shelves)
    retired.push(await retireSnapshots(shelf, { policy, inUse, dryRun, graceMs, startedAt, copies }, ports));
  const collection = { copies, startedAt, dryRun };
  const collected = await collectRenders(
    unreadable.length === 0
      ? { ...collection, graceMs, isReferred: referencesOf(retired, { inUse, inGit }) }
      : { ...collection, ...nothing },
    ports,
  );
  return outcomeOf(retired, collected, unreadable);
}

/** While a reference may be hidden in what cannot be read, everything may be referred to, and nothing is over. */
const nothing = { isReferred: () => true, graceMs: Number.POSITIVE_INFINITY };

type Others = {
  /** Snapshots of restores. */
  readonly inUse: ReadonlySet<string>;
  /** Renders that are still to be synced. */
  readonly inGit: readonly string[];
};

/** What heads refer to as they are now, and the renders of the snapshots that stay. */
function referencesOf(retired: readonly Retired[], { inUse, inGit }: Others): (key: string) => boolean {
  const staying = retired.flatMap(stayingNotes);
  const heads = retired.flatMap(({ shelf }) => shelf.stored?.head ?? []);
  const digests = new Set([...staying.map(({ renderDigest }) => renderDigest), ...heads.flatMap(digestsIn), ...inGit]);
  const snapshots = new Set(retired.flatMap(({ shelf }) => snapshotsIn(shelf, inUse)));
  // Equal renders of two projects hold the same: which of them is meant need not be told apart.
  return (key) => (key.startsWith(keys.snapshots) ? snapshots.has(key) : digests.has(keys.digestIn(key)));
}

function stayingNotes({ shelf, removed, missing }: Retired): readonly SnapshotNote[] {
  const leaving = new Set([...removed, ...missing].map(({ name }) => name));
  return [...shelf.notes, ...(shelf.stored?.head.snapshots ?? [])].filter(({ name }) => !leaving.has(name));
}

function digestsIn({ deployed, operation, pin }: Head): readonly string[] {
  return [deployed, operation, pin].flatMap((each) => each?.renderDigest ?? []);
}

function snapshotsIn({ application, stored }: Shelf, inUse: ReadonlySet<string>): readonly string[] {
  const names = [stored?.head.pin?.snapshot, stored?.head.operation?.snapshot, ...inUse];
  return names.flatMap((name) => (name === undefined ? [] : [keys.snapshot(application, name)]));
}

function outcomeOf(
  retired: readonly Retired[],
  { keptRenders, unreadable: unreadableNotes, ...collected }: Collected,
  unreadable: readonly Unreadable[],
): GarbageOutcome {
  const named = (which: 'removed' | 'missing'): readonly SnapshotName[] =>
    retired.flatMap(({ shelf: { application }, ...each }) => each[which].map(({ name }) => ({ application, name })));
  const removedSnapshots = named('removed');
  const count = retired.reduce((sum, { shelf }) => sum + shelf.notes.length, 0);
  return {
    ...collected,
    removedSnapshots,
    missingSnapshots: named('missing'),
    skipped: retired.flatMap(({ shelf: { application }, skipped }) =>
      skipped === undefined ? [] : [{ application, why: skipped }],
    ),
    kept: { snapshots: count - removedSnapshots.length, renders: keptRenders },
    unreadable: [...unreadable, ...unreadableNotes],
    blocked: unreadable.length > 0,
  };
}
