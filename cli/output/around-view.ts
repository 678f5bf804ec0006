import type { ClusterAway } from '../../shared/model/registered-cluster.ts';
import { formatAge } from '../duration.ts';

/** What an installation knows of an application, besides how it was last seen. */
export type Around = {
  /** Present while its cluster does not answer. */
  readonly away?: ClusterAway;
  /** What stands between it and its newest commit. */
  readonly problem?: { readonly message: string; readonly hint?: string; readonly at: string };
};

/** The lines of `plumb status`: since when the cluster does not answer, and why the newest commit is not deployed. */
export function aroundFields({ away, problem }: Around = {}, now: Date): readonly (readonly [string, string])[] {
  const age = (time: string): string => formatAge(now.getTime() - Date.parse(time));
  return [
    ...(away === undefined ? [] : [['Away', `since ${age(away.since)}: ${away.message}`] as const]),
    ...(problem === undefined ? [] : [['Git', `${age(problem.at)} ago: ${problem.message}`] as const]),
  ];
}

/** What programs are told of it; nothing where the store is that of no installation. */
export function aroundRecord(around: Around | undefined): object {
  return around === undefined ? {} : { away: around.away ?? null, problem: around.problem ?? null };
}
