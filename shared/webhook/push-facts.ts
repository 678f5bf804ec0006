import type { Push, PushedRef } from '../model/push.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { Malformed } from './payload-shapes.ts';

/** What a payload says of a push. */
export type PushFacts = Omit<Push, 'provider' | 'delivery'>;

/** Reads the payload of an event, as the host's event header names it; empty: the host names it in the payload. */
export type ReadEvent = (event: string, payload: unknown) => PushFacts | Malformed;

/** A ping, or an event that moves no ref. */
export const noPush: PushFacts = { repoURLs: [], refs: [] };

type Told = {
  readonly addresses: readonly (string | null | undefined)[];
  readonly refs: readonly PushedRef[];
  readonly defaultBranch?: string | null | undefined;
  readonly changedPaths?: readonly string[] | undefined;
};

/** The facts in one form: addresses once each and without user names, the default branch by its short name. */
export function toPushFacts({ addresses, refs, defaultBranch, changedPaths }: Told): PushFacts | Malformed {
  const repoURLs = new Set(addresses.map((address) => withoutUserinfo(address ?? '')).filter((url) => url !== ''));
  if (refs.length > 0 && repoURLs.size === 0) return { malformed: 'the payload gives no address of the repository' };
  const branch = defaultBranch?.replace(/^refs\/heads\//, '') ?? '';
  return {
    repoURLs: [...repoURLs],
    refs,
    ...(branch === '' ? {} : { defaultBranch: branch }),
    ...(changedPaths === undefined ? {} : { changedPaths }),
  };
}
