import { attempt } from '../../apply/attempt.ts';
import type { Head } from '../../model/head.ts';
import type { Snapshot, SnapshotNote } from '../../model/snapshot.ts';
import { noteOf } from '../../plan/good-snapshot.ts';
import type { ObjectStore } from '../../ports.ts';
import { listHeads, type StoredHead } from '../../state/heads.ts';
import { keys } from '../../state/keys.ts';
import type { Unreadable } from '../../state/read-all.ts';
import { listSnapshotKeys, loadSnapshotAt } from '../../state/snapshots.ts';

/** What the store has of one application. */
export type Shelf = {
  readonly application: string;
  /** Absent: it was never synced, or its head is lost. */
  readonly stored?: StoredHead;
  /** One for each snapshot that is there, oldest first, with what the head remembers of it where it does. */
  readonly notes: readonly SnapshotNote[];
  /** Snapshots that the head has a note of, and the store not. */
  readonly missing: readonly SnapshotNote[];
};

export type Shelves = {
  readonly shelves: readonly Shelf[];
  /** Objects that could not be read; an application that one belongs to has no shelf. */
  readonly unreadable: readonly Unreadable[];
};

/**
 * All heads, and then the names of all snapshots: a snapshot is written before its note, so that a note without a snapshot in the
 * list means that it is gone. A snapshot is read only where no head has a note of it, as when a run died between the two.
 */
export async function readShelves(store: ObjectStore): Promise<Shelves> {
  const { heads, unreadable } = await listHeads(store);
  const listed = Map.groupBy(await listSnapshotKeys(store), keys.headBeside);
  const headless = [...listed.keys()].filter((key) => !heads.some(({ head }) => keys.head(head.application) === key));
  const failed = new Set(unreadable.map(({ key }) => key));
  const read = await Promise.all([
    ...heads.map((stored) => readShelf(listed.get(keys.head(stored.head.application)) ?? [], stored, store)),
    ...headless.filter((key) => !failed.has(key)).map((key) => readShelf(listed.get(key) ?? [], undefined, store)),
  ]);
  return {
    shelves: read.flatMap(({ shelf }) => shelf ?? []),
    unreadable: [...unreadable, ...read.flatMap((each) => each.unreadable)],
  };
}

type ReadShelf = { readonly shelf?: Shelf; readonly unreadable: readonly Unreadable[] };

async function readShelf(
  snapshotKeys: readonly string[],
  stored: StoredHead | undefined,
  store: ObjectStore,
): Promise<ReadShelf> {
  const remembered = notesByKey(stored?.head);
  const read = await Promise.all(snapshotKeys.map((key) => readUnlessNoted(key, remembered.get(key), store)));
  const unreadable = read.flatMap((each) => ('error' in each ? [each] : []));
  const found = read.flatMap((each) => ('note' in each ? [each] : []));
  const application = stored?.head.application ?? found.at(-1)?.application;
  if (unreadable.length > 0 || application === undefined) return { unreadable };
  const listed = new Set(snapshotKeys);
  const missing = [...remembered].flatMap(([key, note]) => (listed.has(key) ? [] : [note]));
  const notes = found.map(({ note }) => note);
  return { shelf: { application, ...(stored === undefined ? {} : { stored }), notes, missing }, unreadable };
}

function notesByKey(head: Head | undefined): ReadonlyMap<string, SnapshotNote> {
  if (head === undefined) return new Map();
  return new Map(head.snapshots.map((note) => [keys.snapshot(head.application, note.name), note]));
}

type Found = { readonly note: SnapshotNote; readonly application?: string };

async function readUnlessNoted(
  key: string,
  note: SnapshotNote | undefined,
  store: ObjectStore,
): Promise<Found | Unreadable | { readonly gone: true }> {
  if (note !== undefined) return { note };
  const read = await attempt(loadSnapshotAt(store, key));
  if (!read.ok) return { key, error: read.error as Error };
  return read.value === undefined ? { gone: true } : foundIn(read.value);
}

function foundIn(snapshot: Snapshot): Found {
  return { note: noteOf(snapshot), application: snapshot.application.name };
}
