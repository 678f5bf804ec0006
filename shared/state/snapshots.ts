import type { Json } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode, pack, unpack } from './codec.ts';
import { readKept } from './garbage.ts';
import { keys } from './keys.ts';
import { readAll, type Unreadable } from './read-all.ts';

/**
 * Keeps a snapshot, once: one of that name that is there already stays as it is, and is a StoreError when it cannot be read.
 * Gives the one that is kept.
 */
export async function saveSnapshot(store: ObjectStore, snapshot: Snapshot): Promise<Snapshot> {
  const key = keys.snapshot(snapshot.application.name, snapshot.name);
  const { won } = await store.put(key, await pack(encode('snapshot', snapshot as unknown as Json)), 'absent');
  return won ? snapshot : ((await loadSnapshotAt(store, key)) ?? snapshot);
}

/** A snapshot by its name, taken out of the garbage again; undefined when there is none (any more). */
export async function loadSnapshot(
  store: ObjectStore,
  application: string,
  name: string,
): Promise<Snapshot | undefined> {
  const key = keys.snapshot(application, name);
  return await readKept(store, key, (stored, readFrom) => parseSnapshot(stored, key, readFrom));
}

/** All snapshots of an application, oldest first; those that cannot be read beside them. */
export async function listSnapshots(
  store: ObjectStore,
  application: string,
): Promise<{ readonly snapshots: readonly Snapshot[]; readonly unreadable: readonly Unreadable[] }> {
  const { found, unreadable } = await readAll(store, keys.snapshotsOf(application), (stored, key) =>
    parseSnapshot(stored, key),
  );
  return { snapshots: found, unreadable };
}

/** The keys of all snapshots of all applications, those of one application together and oldest first. Nothing is read. */
export async function listSnapshotKeys(store: ObjectStore): Promise<readonly string[]> {
  return await store.list(keys.snapshots);
}

/** The snapshot under a key that was listed; undefined when it is gone. */
export async function loadSnapshotAt(store: ObjectStore, key: string): Promise<Snapshot | undefined> {
  const stored = await store.get(key);
  return stored === undefined ? undefined : parseSnapshot(stored, key);
}

async function parseSnapshot({ body }: StoredObject, key: string, readFrom: string = key): Promise<Snapshot> {
  const snapshot = decode('snapshot', await unpack(body, readFrom), readFrom) as unknown as Snapshot;
  const own = keys.snapshot(snapshot.application.name, snapshot.name);
  if (own !== key) throw corrupt(readFrom, `it is the snapshot ${snapshot.name} of ${snapshot.application.name}`);
  return snapshot;
}
