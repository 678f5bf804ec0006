import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';
import type { GitRef } from '../model/revision.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** What a repository's refs were when all that follows them was last rendered. */
export type SeenRefs = {
  /** The URL of the repository, after a word that says what follows it. */
  readonly of: string;
  readonly digest: string;
};

/** What `of` is of those who follow a repository. */
export const seenOf = {
  applications: (repoURL: string): string => `applications ${repoURL}`,
  declarations: (repoURL: string): string => `declarations ${repoURL}`,
} as const;

/** Refs as one string: equal strings, nothing new. */
export function digestRefs(refs: readonly GitRef[]): string {
  const lines = refs.map(({ name, oid, peeled = '', target = '' }) => [name, oid, peeled, target].join(' ')).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Says what a repository's refs are, once all that follows them is rendered. The latest word counts. */
export async function saveRefs(store: ObjectStore, seen: SeenRefs): Promise<void> {
  await store.put(keys.refs(seen.of), encode('refs', seen as unknown as Json));
}

/** Reads the object of a key below `refs/`. */
export function parseRefs({ body }: StoredObject, key: string): SeenRefs {
  const seen = decode('refs', body, key) as unknown as SeenRefs;
  if (keys.refs(seen.of) !== key) throw corrupt(key, `it is of ${seen.of}`);
  return seen;
}
