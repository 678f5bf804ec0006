import { type ErrorCode, GitError } from '../../errors.ts';
import { GitObjects } from './git-objects.ts';
import type { KeptRepository } from './kept-repository.ts';
import type { PackRequest } from './protocol-v2.ts';
import type { Remote } from './remote.ts';

/** A repository at its host, and what of it is on disk. */
export type Repository = { readonly remote: Remote; readonly kept: KeptRepository };

type Wanted = { readonly sha: string; readonly ref?: string | undefined };

/**
 * Fetches one commit without its history, keeps it and gives its folder. Where the host does not give a commit by its SHA, the history of `ref` is fetched
 * and searched. A commit that is in neither is a GitError `git-revision-unknown`.
 */
export async function fetchCommit(repository: Repository, { sha, ref }: Wanted): Promise<string> {
  try {
    return await fetchBySha(repository, sha);
  } catch (error) {
    if (!hasCode(error, 'git-revision-unknown')) throw error;
    const tip = ref === undefined ? undefined : await tipOf(repository.remote, ref);
    if (tip === undefined || tip === sha) throw unknownCommit(repository.remote, sha, error);
    return fetchInto(repository, sha, { wants: [tip], extent: 'history' });
  }
}

/** On top of the commit used last, so that only what is new is sent; whole, when that does not work. */
async function fetchBySha(repository: Repository, sha: string): Promise<string> {
  const have = await repository.kept.newest();
  const whole: PackRequest = { wants: [sha], extent: 'commit' };
  if (have === undefined) return fetchInto(repository, sha, whole);
  return fetchInto(repository, sha, { ...whole, have }).catch((error: unknown) => {
    if (!hasCode(error, 'git-failed')) throw error;
    return fetchInto(repository, sha, whole);
  });
}

async function fetchInto({ remote, kept }: Repository, sha: string, request: PackRequest): Promise<string> {
  return kept.keep(sha, async (folder) => {
    const { have, ...whole } = request;
    const isLinked = have !== undefined && (await kept.linkPacks(have, folder));
    await remote.fetch(isLinked ? request : whole, folder);
    if ((await new GitObjects(folder).commit(sha)) === undefined) throw unknownCommit(remote, sha);
  });
}

async function tipOf(remote: Remote, name: string): Promise<string | undefined> {
  const found = (await remote.listRefs([name])).find((ref) => ref.name === name);
  return found?.peeled ?? found?.oid;
}

function hasCode(error: unknown, code: ErrorCode): error is GitError {
  return error instanceof GitError && error.code === code;
}

function unknownCommit({ address: { shown } }: Remote, sha: string, cause?: unknown): GitError {
  return new GitError('git-revision-unknown', `Git repository ${shown} has no commit ${sha}.`, {
    object: shown,
    hint: 'It may never have been pushed, or was removed by a force push.',
    cause,
  });
}
