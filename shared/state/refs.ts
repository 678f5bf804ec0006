import type { Json } from '../model/json.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** The commit that a ref of a repository was last seen at; `at` is ISO 8601. */
export type SeenRef = { readonly repoURL: string; readonly ref: string; readonly sha: string; readonly at: string };

/** What a ref was last seen at; undefined when it never was. */
export async function loadSeenRef(
  store: ObjectStore,
  repoURL: string,
  ref: string,
): Promise<{ readonly seen: SeenRef; readonly etag: string } | undefined> {
  const key = keys.seenRef(repoURL, ref);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  return { seen: decode('ref', stored.body, key) as unknown as SeenRef, etag: stored.etag };
}

/** Notes a commit in place of the note with the etag, or as the first one; false: another process was faster. */
export async function saveSeenRef(store: ObjectStore, seen: SeenRef, etag: string): Promise<boolean> {
  const body = encode('ref', { ...seen, repoURL: withoutUserinfo(seen.repoURL) } as unknown as Json);
  const written = await store.put(keys.seenRef(seen.repoURL, seen.ref), body, etag === 'absent' ? 'absent' : { etag });
  return written.won;
}
