import * as z from 'zod';
import { isNoObject, objectId, texts } from './payload-shapes.ts';

/** A commit of a push, as GitHub, Gitea and GitLab tell of it. */
export type PushedCommit = {
  readonly id: string;
  readonly added?: readonly string[] | null | undefined;
  readonly modified?: readonly string[] | null | undefined;
  readonly removed?: readonly string[] | null | undefined;
};

export const pushedCommit: z.ZodType<PushedCommit> = z.object({
  id: objectId,
  added: texts,
  modified: texts,
  removed: texts,
});

type Moved = {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly commits: readonly PushedCommit[];
};

/**
 * The paths that a branch's new commits touch, each once. Undefined where they cannot be known: the branch is new or gone, the
 * newest commit is not listed (as after a step back), or a commit comes without its files.
 */
export function changedPaths({ ref, before, after, commits }: Moved): readonly string[] | undefined {
  if (!ref.startsWith('refs/heads/') || isNoObject(before) || isNoObject(after)) return undefined;
  if (!commits.some(({ id }) => id === after)) return undefined;
  const lists = commits.flatMap(({ added, modified, removed }) => [added, modified, removed]);
  if (lists.some((list) => list === undefined || list === null)) return undefined;
  return [...new Set(lists.flatMap((list) => list ?? []))];
}
