import { attempt } from '../../apply/attempt.ts';
import { messageOf } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { RestoreChoice } from '../../model/restore.ts';
import type { Snapshot, SnapshotNote } from '../../model/snapshot.ts';
import { chooseSnapshot } from '../../plan/choose-snapshot.ts';
import { notesOf } from '../../plan/good-snapshot.ts';
import type { ObjectStore } from '../../ports.ts';
import { listHeadKeys, loadHead, loadHeadAt } from '../../state/heads.ts';
import { keys as storeKeys } from '../../state/keys.ts';
import { listSnapshotKeys, loadSnapshot, loadSnapshotAt } from '../../state/snapshots.ts';
import { inParallel } from '../in-parallel.ts';

/** An application with the snapshot that is restored of it. */
export type Restorable = {
  readonly name: string;
  readonly snapshot: Snapshot;
  /** True: something else came after it, so the application is pinned to it. */
  readonly isOlder: boolean;
  /** The newest of all: where the application was last, and what was deployed there. */
  readonly newest: Snapshot;
  /** Absent: its state is lost. */
  readonly head?: Head;
};

/** An application that is not restored, and why. */
export type Unrestored = { readonly application: string; readonly reason: string };

/** All applications in the store, as far as they have been on the cluster that is asked for. */
export type Found = {
  readonly restorables: readonly Restorable[];
  /** Those that should be restored and cannot. */
  readonly blocked: readonly Unrestored[];
  /** Those that were not there at the time that is asked for, or not any more. */
  readonly leftOut: readonly Unrestored[];
  /** The clusters that applications of the store are in, by name. */
  readonly homes: readonly Home[];
};

/** A cluster as applications' state names it, the API servers behind that name, and how many applications are there. */
export type Home = { readonly cluster: string; readonly servers: readonly string[]; readonly applications: number };

export type Search = {
  /** True for a cluster whose applications are restored: of an application's name and the cluster that it is in now. */
  readonly isHome: (application: string, cluster: string) => boolean;
  readonly isAsked: (application: string) => boolean;
  /** Milliseconds since 1970; absent: the newest. */
  readonly at?: number;
  /** Choices that were made before and are kept to. */
  readonly kept: ReadonlyMap<string, RestoreChoice>;
};

const readAtOnce = 20;

/** Finds applications by their snapshots, and chooses one of each: neither Git nor a registry is asked. */
export async function findRestorables(search: Search, store: ObjectStore): Promise<Found> {
  const keys = await listSnapshotKeys(store);
  const folders = Map.groupBy(keys, storeKeys.headBeside);
  const bare = (await listHeadKeys(store)).filter((key) => !folders.has(key));
  const found = [
    ...(await inParallel([...folders.values()], readAtOnce, (folder) => findOne(folder, search, store))),
    ...(await inParallel(bare, readAtOnce, (key) => findBare(key, search, store))),
  ];
  return {
    restorables: found.flatMap(({ restorable }) => restorable ?? []),
    blocked: found.flatMap(({ blocked }) => blocked ?? []),
    leftOut: found.flatMap(({ leftOut }) => leftOut ?? []),
    homes: homesOf(found),
  };
}

function homesOf(found: readonly FoundOne[]): readonly Home[] {
  const byName = Map.groupBy(
    found.flatMap(({ home }) => home ?? []),
    ({ cluster }) => cluster,
  );
  const homes = [...byName].map(([cluster, all]) => ({
    cluster,
    servers: [...new Set(all.flatMap(({ server }) => server ?? []))],
    applications: all.length,
  }));
  return homes.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

type FoundOne = {
  readonly home?: { readonly cluster: string; readonly server?: string };
  readonly restorable?: Restorable;
  readonly blocked?: Unrestored;
  readonly leftOut?: Unrestored;
};

/** `keys`: of all snapshots of one application, oldest first. */
async function findOne(keys: readonly string[], search: Search, store: ObjectStore): Promise<FoundOne> {
  const read = await attempt(loadSnapshotAt(store, keys.at(-1) ?? ''));
  if (!read.ok) return unreadable(keys[0]?.split('/').at(-2) ?? '', search, read.error);
  const newest = read.value;
  // It was removed meanwhile.
  if (newest === undefined) return {};
  const { name } = newest.application;
  const loaded = await attempt(loadHead(store, name));
  const known = loaded.ok ? loaded.value?.head : undefined;
  const home = known ?? { cluster: newest.cluster.name, server: newest.cluster.server };
  if (!search.isAsked(name) || !search.isHome(name, home.cluster)) return { home };
  if (!loaded.ok) return { home, blocked: { application: name, reason: messageOf(loaded.error) } };
  const head = loaded.value?.head;
  return { home, ...(await choose({ newest, keys, ...(head === undefined ? {} : { head }) }, search, store)) };
}

/** Of an application without any snapshot there is nothing to restore: what is deployed of it must not be missed in silence. */
async function findBare(headKey: string, search: Search, store: ObjectStore): Promise<FoundOne> {
  const read = await attempt(loadHeadAt(store, headKey));
  if (!read.ok) return unreadable(nameIn(headKey), search, read.error);
  const head = read.value?.head;
  if (head === undefined || (head.deployed === undefined && head.inventory.length === 0)) return {};
  const { application, cluster } = head;
  const home = head;
  if (!search.isAsked(application) || !search.isHome(application, cluster)) return { home };
  if (search.at !== undefined) return { home, leftOut: { application, reason: 'it has no snapshot that old' } };
  if (head.deployed === undefined) return { home, leftOut: { application, reason: 'it was never deployed whole' } };
  return {
    home,
    blocked: { application, reason: `it has no snapshot: plumb sync ${application} makes one of what Git says` },
  };
}

type Choosing = { readonly newest: Snapshot; readonly keys: readonly string[]; readonly head?: Head };

async function choose(choosing: Choosing, search: Search, store: ObjectStore): Promise<Omit<FoundOne, 'home'>> {
  const { newest, head } = choosing;
  const application = newest.application.name;
  const choice = search.kept.get(application) ?? (await newChoice(choosing, search, store));
  if ('reason' in choice) return { leftOut: { application, reason: choice.reason } };
  const read = await attempt(readChosen(choice, newest, store));
  if (!read.ok) return { blocked: { application, reason: messageOf(read.error) } };
  const snapshot = read.value;
  if (snapshot === undefined) return { blocked: { application, reason: `snapshot ${choice.snapshot} is gone` } };
  const { isOlder } = choice;
  return { restorable: { name: application, snapshot, isOlder, newest, ...(head === undefined ? {} : { head }) } };
}

/** What the head remembers need not be read. */
async function newChoice(
  { newest, keys, head }: Choosing,
  { at }: Search,
  store: ObjectStore,
): Promise<RestoreChoice | { readonly reason: string }> {
  const remembered = new Map((head?.snapshots ?? []).map(named));
  const unknown = keys.filter((key) => !remembered.has(nameIn(key)) && nameIn(key) !== newest.name);
  const read = await Promise.all(unknown.map((key) => attempt(loadSnapshotAt(store, key))));
  const known = read.flatMap((each) => (each.ok && each.value !== undefined ? [each.value] : []));
  const byName = new Map([...remembered, ...notesOf([...known, newest], head?.snapshots ?? []).map(named)]);
  const deployed = head?.deployed?.renderDigest;
  const choice = chooseSnapshot({
    notes: keys.flatMap((key) => byName.get(nameIn(key)) ?? []),
    ...(at === undefined ? {} : { at }),
    ...(deployed === undefined ? {} : { deployed }),
    ...(head?.pin === undefined ? {} : { pinned: head.pin.snapshot }),
  });
  if (!choice.restored) return { reason: choice.reason };
  return { application: newest.application.name, snapshot: choice.snapshot.name, isOlder: choice.isOlder };
}

function named(note: SnapshotNote): readonly [string, SnapshotNote] {
  return [note.name, note];
}

async function readChosen(
  { application, snapshot }: RestoreChoice,
  newest: Snapshot,
  store: ObjectStore,
): Promise<Snapshot | undefined> {
  return snapshot === newest.name ? newest : loadSnapshot(store, application, snapshot);
}

/**
 * Nobody knows the cluster of an application whose newest snapshot, or only head, cannot be read, so it is not passed over.
 * `segment`: its name as a key holds it.
 */
function unreadable(segment: string, { isAsked }: Search, error: unknown): FoundOne {
  const application = decodeURIComponent(segment);
  return isAsked(application) ? { blocked: { application, reason: messageOf(error) } } : {};
}

/** The names of snapshots are such that a key holds them as they are. */
function nameIn(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.json(\.gz)?$/, '');
}
