import type { Head } from '../../model/head.ts';
import type { WantedByGit } from '../../model/wanted.ts';
import type { KeptStore } from '../../state/kept-state.ts';
import { keys } from '../../state/keys.ts';
import type { Unreadable } from '../../state/read-all.ts';
import type { Followed } from '../serve/follow.ts';
import { wantedKey } from './wanted-key.ts';

/** An application of a cluster, with what the store knows of it. */
export type Member = {
  readonly followed: Followed;
  /** Absent: it was never synced. */
  readonly head?: Head;
  /** Absent: it was never rendered. */
  readonly wanted?: WantedByGit;
};

/** Reads what has changed of these applications' heads and of what Git makes of them; those that cannot be read are left out. */
export async function loadMembers(
  followed: readonly Followed[],
  { store, kept }: KeptStore,
): Promise<{ readonly members: readonly Member[]; readonly unreadable: readonly Unreadable[] }> {
  const headKeys = new Map(followed.map((each) => [keys.head(each.declared.application.name), each]));
  const wantedKeys = new Set(followed.map(wantedKey));
  const [heads, wanted] = await Promise.all([
    kept.heads.load(store, (key) => headKeys.has(key)),
    kept.wanted.load(store, (key) => wantedKeys.has(key)),
  ]);
  const unreadable = [...heads.unreadable, ...wanted.unreadable];
  const hidden = new Set(unreadable.map(({ key }) => key));
  const members = [...headKeys].flatMap(([key, each]): readonly Member[] => {
    if (hidden.has(key) || hidden.has(wantedKey(each))) return [];
    const head = heads.found.get(key)?.head;
    const own = wanted.found.get(wantedKey(each));
    return [{ followed: each, ...(head === undefined ? {} : { head }), ...(own === undefined ? {} : { wanted: own }) }];
  });
  return { members, unreadable };
}
