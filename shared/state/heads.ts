import type { Head } from '../model/head.ts';
import type { Json } from '../model/json.ts';
import type { ObjectStore, StoredObject, WriteCondition } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { keys } from './keys.ts';
import { readAll, type Unreadable } from './read-all.ts';

/** A head, and the etag that the next save has to name. */
export type StoredHead = { readonly head: Head; readonly etag: string };

/** A head was saved, or another process was faster: then read it again. */
export type Saved = { readonly won: true; readonly etag: string } | { readonly won: false };

/** An application's head; undefined when it was never synced. */
export async function loadHead(store: ObjectStore, application: string): Promise<StoredHead | undefined> {
  return loadHeadAt(store, keys.head(application));
}

/** The head under a key that was listed; undefined when it is gone. */
export async function loadHeadAt(store: ObjectStore, key: string): Promise<StoredHead | undefined> {
  const stored = await store.get(key);
  return stored && parseStoredHead(stored, key);
}

/** Reads the object of a key below `keys.heads`. */
export function parseStoredHead({ body, etag }: StoredObject, key: string): StoredHead {
  return { head: parseHead(body, key), etag };
}

/** The keys of all heads. Nothing is read. */
export async function listHeadKeys(store: ObjectStore): Promise<readonly string[]> {
  return await store.list(keys.heads);
}

/** Writes a head in place of the one with the etag, or as the first one; a lost race is a value. */
export async function saveHead(store: ObjectStore, head: Head, etag: string): Promise<Saved> {
  const condition: WriteCondition = etag === 'absent' ? 'absent' : { etag };
  return await store.put(keys.head(head.application), encode('head', head as unknown as Json), condition);
}

/** All heads, sorted by key; those that cannot be read beside them. */
export async function listHeads(
  store: ObjectStore,
): Promise<{ readonly heads: readonly StoredHead[]; readonly unreadable: readonly Unreadable[] }> {
  const { found, unreadable } = await readAll(store, keys.heads, parseStoredHead);
  return { heads: found, unreadable };
}

function parseHead(body: Uint8Array, key: string): Head {
  // Heads of earlier versions have no snapshots.
  const head = decode('head', body, key) as unknown as Omit<Head, 'refused' | 'snapshots'> & Partial<Head>;
  if (keys.head(head.application) !== key) throw corrupt(key, `it is the head of ${head.application}`);
  return { refused: [], snapshots: [], ...head };
}
