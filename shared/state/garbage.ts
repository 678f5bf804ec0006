import type { ObjectStore, Ports, StoredObject } from '../ports.ts';
import { keys } from './keys.ts';

/**
 * How renders and snapshots leave the store while others may be about to use them.
 *
 * 1. What nothing refers to is copied to `garbage/` under the time, and then deleted from its place.
 * 2. In a run that begins a grace period after that time, the references are read again: what is referred to now is put back and
 *    then its copy deleted, and of everything else the copy is deleted.
 *
 * Until step 2 a reader finds the copy and puts it back (readKept), and a writer who finds its place empty writes it again. So only
 * somebody who read or wrote it *before* step 1, and whose reference is still not saved a grace period later, could lose it; and no
 * run takes that long. Each step does its writes before its deletes, so that it can be stopped anywhere and done again.
 */
export type GarbageCopy = {
  readonly key: string;
  /** The place that it was copied from. */
  readonly of: string;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** One day. */
export const standardGraceMs: number = 24 * 60 * 60 * 1000;

/** All copies, oldest first for each object; what plumb did not put there is passed over. */
export async function listGarbage(store: ObjectStore): Promise<readonly GarbageCopy[]> {
  return (await store.list(keys.garbage)).flatMap(parseCopy);
}

function parseCopy(key: string): readonly GarbageCopy[] {
  const [, place, year, month, day, hour, minute, second, millisecond] =
    /^garbage\/((?:renders|snapshots)\/[^/]+\/[^/]+)\/(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{3})\.json\.gz$/.exec(
      key,
    ) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  return place === undefined || Number.isNaN(at) ? [] : [{ key, of: `${place}.json.gz`, at }];
}

function timeOf(at: Date): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '').replace('.', '-').replace('Z', '')}`;
}

/** True from a grace period after the copy was made; a time in the future, left by a clock that was set back, counts as just now. */
export function isDue({ at }: GarbageCopy, now: number, graceMs: number): boolean {
  return at <= now && now - at >= graceMs;
}

/** Step 1 for one object; false when it was gone already, or when so much time went by meanwhile that it has to be left. */
export async function moveToGarbage(
  key: string,
  known: { readonly copies: readonly GarbageCopy[]; readonly graceMs: number },
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
): Promise<boolean> {
  // A copy that is deleted soon would leave too little time to those who have found the object in its place since.
  const isFresh = ({ at }: GarbageCopy): boolean => {
    const age = clock.now().getTime() - at;
    return age >= 0 && age <= known.graceMs / 2;
  };
  const copy = known.copies.find((each) => each.of === key && isFresh(each)) ?? (await copyNow(key, { store, clock }));
  if (copy === undefined || !isFresh(copy)) return false;
  await store.delete(key);
  return true;
}

async function copyNow(
  key: string,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
): Promise<GarbageCopy | undefined> {
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const now = clock.now();
  const copy = { key: keys.garbageCopy(key, timeOf(now)), of: key, at: now.getTime() };
  await store.put(copy.key, stored.body);
  return copy;
}

/** Step 2 for a copy whose object is referred to again. */
export async function putBack(copy: GarbageCopy, store: ObjectStore): Promise<void> {
  const stored = await store.get(copy.key);
  if (stored !== undefined) await store.put(copy.of, stored.body, 'absent');
  await store.delete(copy.key);
}

/** Step 2 for a copy that nobody needs. */
export async function deleteCopy(copy: GarbageCopy, store: ObjectStore): Promise<void> {
  await store.delete(copy.key);
}

/**
 * An object from its place; or else from the garbage, and then it is put back. Undefined: it is in neither.
 * `parse` is told where it was read; what it refuses is not put back.
 */
export async function readKept<Value>(
  store: ObjectStore,
  key: string,
  parse: (stored: StoredObject, readFrom: string) => Promise<Value>,
): Promise<Value | undefined> {
  const stored = await store.get(key);
  if (stored !== undefined) return await parse(stored, key);
  const newest = (await store.list(keys.garbageOf(key))).at(-1);
  const copy = newest === undefined ? undefined : await store.get(newest);
  if (newest !== undefined && copy !== undefined) {
    const value = await parse(copy, newest);
    await store.put(key, copy.body, 'absent');
    return value;
  }
  // Somebody may have put it back between the first look and the second.
  const returned = await store.get(key);
  return returned === undefined ? undefined : await parse(returned, key);
}
