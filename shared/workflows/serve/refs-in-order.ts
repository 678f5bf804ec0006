import type { Head } from '../../model/head.ts';
import type { GitHost, Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import type { ProbedGit } from './probe-once.ts';

/** Ports of a round of looks, in which Git is asked once. */
export type RoundPorts = Ports & {
  readonly git: ProbedGit;
  /** How applications stood before the round asked anything, where no earlier round has left that. */
  readonly stood?: ReadonlyMap<string, string>;
};

/** How an application stood before Git was asked; see standingOf. */
export type Stood = {
  /** Before this round asked anything; undefined: nobody knows. */
  readonly earlier: string | undefined;
  /** After so many questions of this round. */
  readonly since: string;
  readonly asked: number;
};

/**
 * What a round has asked of Git, as long as nobody has moved the application since before it was asked; else Git is asked again.
 * A whole round's answer may be older than what others have synced when a look comes to its turn, and would be applied after it.
 */
export function refsInOrder(application: string, stood: Stood, { round, fresh }: Rounds): GitHost {
  return {
    openCommit: (repoURL, wanted) => round.git.openCommit(repoURL, wanted),
    listRefs: async (repoURL, prefixes) => {
      const isLate = round.git.isAskedSince(stood.asked, repoURL, prefixes);
      const stands = standingOf((await loadHead(round.store, application))?.head);
      const isInOrder = stands === (isLate ? stood.since : stood.earlier);
      return (isInOrder ? round.git : fresh).listRefs(repoURL, prefixes);
    },
  };
}

type Rounds = { readonly round: RoundPorts; readonly fresh: GitHost };

/** How applications stand now. One whose head cannot be read is left out: its own look will say why. */
export async function standingsOf(
  names: readonly string[],
  { store }: Pick<Ports, 'store'>,
): Promise<ReadonlyMap<string, string>> {
  const read = async (name: string): Promise<readonly (readonly [string, string])[]> => {
    const loaded = await loadHead(store, name).catch(() => 'unreadable' as const);
    return loaded === 'unreadable' ? [] : [[name, standingOf(loaded?.head)]];
  };
  return new Map((await Promise.all(names.map(read))).flat());
}

/** What is deployed or was left half-way, and what stands against Git: others may sync, roll back and unpin between two looks. */
export function standingOf(head: Head | undefined): string {
  const { deployed, operation, pin, refused = [] } = head ?? {};
  const isDone = operation?.phase === 'Succeeded' && operation.renderDigest === deployed?.renderDigest;
  const refusals = refused.map(({ renderDigest, at }) => [renderDigest, at]);
  return JSON.stringify([deployed?.renderDigest, isDone ? undefined : operation?.id, pin?.at, refusals]);
}
