import type { ObjectStore, StoredObject } from '../ports.ts';

/** An object of the store that could not be read, and why. */
export type Unreadable = { readonly key: string; readonly error: Error };

type Parse<Value> = (stored: StoredObject, key: string) => Value | Promise<Value>;

/**
 * All objects below a prefix, in order of their keys. One that is corrupt, or that the disk does not give, does not hide the
 * others, and one that is deleted meanwhile is left out; a store that gives none of them is an error.
 */
export async function readAll<Value>(
  store: ObjectStore,
  prefix: string,
  parse: Parse<Value>,
): Promise<{ readonly found: readonly Value[]; readonly unreadable: readonly Unreadable[] }> {
  const names = await store.list(prefix);
  const results = await Promise.all(names.map((key) => readOne(key, store, parse)));
  const [first] = results;
  if (first !== undefined && 'withheld' in first && results.every((result) => 'withheld' in result))
    throw first.withheld;
  return {
    found: results.flatMap((result) => ('value' in result ? [result.value] : [])),
    unreadable: results.flatMap((result) => unreadableOf(result)),
  };
}

type Outcome<Value> =
  | { readonly value: Value }
  | { readonly gone: true }
  | { readonly key: string; readonly withheld: Error }
  | Unreadable;

async function readOne<Value>(key: string, store: ObjectStore, parse: Parse<Value>): Promise<Outcome<Value>> {
  let stored: StoredObject | undefined;
  try {
    stored = await store.get(key);
  } catch (error) {
    return { key, withheld: error as Error };
  }
  if (stored === undefined) return { gone: true };
  try {
    return { value: await parse(stored, key) };
  } catch (error) {
    return { key, error: error as Error };
  }
}

function unreadableOf<Value>(result: Outcome<Value>): readonly Unreadable[] {
  if ('withheld' in result) return [{ key: result.key, error: result.withheld }];
  return 'error' in result ? [result] : [];
}
