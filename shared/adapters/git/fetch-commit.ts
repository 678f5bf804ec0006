import { GitError } from '../../errors.ts';
import type { KeepRequest, KeptRepository } from './kept-repository.ts';
import type { Remote } from './remote.ts';
import type { PackRequest } from './upload-pack.ts';

/** A repository at its host, and what of it is on disk. */
export type Repository = { readonly remote: Remote; readonly kept: KeptRepository };

/**
 * Fetches one commit without its history and keeps it. Where the host does not give a commit by its SHA, the history of `ref` is fetched
 * and searched. A commit that is in neither is a GitError `git-revision-unknown`.
 */
export async function fetchCommit(
  repository: Repository,
  wanted: KeepRequest & { readonly ref?: string },
): Promise<void> {
  try {
    await fetchInto(repository, wanted, { wants: [wanted.sha], have: wanted.base, extent: 'commit' });
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git-revision-unknown') throw error;
    const tip = wanted.ref === undefined ? undefined : await tipOf(repository.remote, wanted.ref);
    if (tip === undefined || tip === wanted.sha) throw unknownCommit(repository, wanted.sha, error);
    const isFound = await fetchInto(repository, { ...wanted, base: undefined }, { wants: [tip], extent: 'history' });
    if (!isFound) throw unknownCommit(repository, wanted.sha, error);
  }
}

function fetchInto({ remote, kept }: Repository, keep: KeepRequest, request: PackRequest): Promise<boolean> {
  return remote.fetchPack(request, (pack) => kept.keep(keep, pack));
}

async function tipOf(remote: Remote, name: string): Promise<string | undefined> {
  const found = (await remote.listRefs([name])).find((ref) => ref.name === name);
  return found?.peeled ?? found?.oid;
}

function unknownCommit({ remote }: Repository, sha: string, cause: unknown): GitError {
  const { shown } = remote.address;
  return new GitError('git-revision-unknown', `Git repository ${shown} has no commit ${sha}.`, {
    object: shown,
    hint: 'It may never have been pushed, or was removed by a force push.',
    cause,
  });
}
