import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';
import type { GitRef } from '../model/revision.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** What a repository's refs were when all that follows them was last rendered. */
export type SeenRefs = { readonly repoURL: string; readonly digest: string };

/** Refs as one string: equal strings, nothing new. */
export function digestRefs(refs: readonly GitRef[]): string {
  const lines = refs.map(({ name, oid, peeled = '', target = '' }) => [name, oid, peeled, target].join(' ')).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Says what a repository's refs are, once all that follows them is rendered. The latest word counts. */
export async function saveRefs(store: ObjectStore, seen: SeenRefs): Promise<void> {
  await store.put(keys.refs(seen.repoURL), encode('refs', seen as unknown as Json));
}

/** Reads the object of a key below `refs/`. */
export function parseRefs({ body }: StoredObject, key: string): SeenRefs {
  const seen = decode('refs', body, key) as unknown as SeenRefs;
  if (keys.refs(seen.repoURL) !== key) throw corrupt(key, `it is of ${seen.repoURL}`);
  return seen;
}
