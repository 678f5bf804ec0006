import type { ObjectStore, StoredObject } from '../ports.ts';

/** An object of the store that could not be read, and why. */
export type Unreadable = { readonly key: string; readonly error: Error };

/**
 * All objects below a prefix, in order of their keys. One that is corrupt does not hide the others, and one that is
 * deleted meanwhile is left out; a store that cannot be read at all is an error.
 */
export async function readAll<Value>(
  store: ObjectStore,
  prefix: string,
  parse: (stored: StoredObject, key: string) => Value | Promise<Value>,
): Promise<{ readonly found: readonly Value[]; readonly unreadable: readonly Unreadable[] }> {
  const names = await store.list(prefix);
  const results = await Promise.all(names.map(async (key) => parsed(key, await store.get(key), parse)));
  return {
    found: results.flatMap((result) => ('value' in result ? [result.value] : [])),
    unreadable: results.flatMap((result) => ('error' in result ? [result] : [])),
  };
}

async function parsed<Value>(
  key: string,
  stored: StoredObject | undefined,
  parse: (stored: StoredObject, key: string) => Value | Promise<Value>,
): Promise<{ readonly value: Value } | Unreadable | { readonly gone: true }> {
  if (stored === undefined) return { gone: true };
  try {
    return { value: await parse(stored, key) };
  } catch (error) {
    return { key, error: error as Error };
  }
}
