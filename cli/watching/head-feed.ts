import type { Head } from '../../shared/model/head.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { parseStoredHead } from '../../shared/state/heads.ts';
import { KeptObjects } from '../../shared/state/kept-objects.ts';
import { keys } from '../../shared/state/keys.ts';
import type { Unreadable } from '../../shared/state/read-all.ts';

/** Heads as they were at one look, by application; those that cannot be read beside them. */
export type SeenHeads = { readonly heads: ReadonlyMap<string, Head>; readonly unreadable: readonly Unreadable[] };

/** Heads of a store, looked at again and again: a look is one listing, and a read for each head that has moved. */
export type HeadFeed = { look(): Promise<SeenHeads> };

/** Follows the heads of the named applications, or without names all of them. */
export function openHeadFeed(store: ObjectStore, names: readonly string[] = []): HeadFeed {
  const kept = new KeptObjects(keys.heads, parseStoredHead);
  const wanted = new Set(names.map(keys.head));
  return {
    look: async () => {
      const { found, unreadable } = await kept.load(store, (key) => wanted.size === 0 || wanted.has(key));
      return { heads: new Map([...found.values()].map(({ head }) => [head.application, head])), unreadable };
    },
  };
}
