import fs from 'node:fs';
import type { HttpClient } from 'isomorphic-git';
import { GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import { loadGit } from './git-library.ts';
import type { PackRequest } from './protocol-v2.ts';

/** A repository, and the library's way to it. */
export type Origin = { readonly url: string; readonly http: HttpClient };

/** The version of the protocol that a host speaks. */
export async function askVersion(origin: Origin): Promise<1 | 2> {
  return (await (await loadGit()).getRemoteInfo2({ ...origin, protocolVersion: 2 })).protocolVersion;
}

/** All refs, from a host that speaks only version 1 (or 0, which is the same to us). */
export async function listLegacyRefs(origin: Origin): Promise<readonly GitRef[]> {
  const refs = await (await loadGit()).listServerRefs({ ...origin, protocolVersion: 1, symrefs: true, peelTags: true });
  return refs.map(({ ref: name, oid, peeled, target }) => ({
    name,
    oid,
    ...(peeled === undefined ? {} : { peeled }),
    ...(target === undefined ? {} : { target }),
  }));
}

/**
 * Fetches from such a host into a bare repository. A commit that the host does not give is simply not there afterwards; `have` is left
 * out; `commits-only` is a GitError `git-failed`.
 */
export async function fetchLegacy(origin: Origin, { wants, extent }: PackRequest, gitdir: string): Promise<void> {
  if (extent === 'commits-only') throw new GitError('git-failed', 'The Git host cannot leave files out.');
  const git = await loadGit();
  await git.setConfig({ fs, gitdir, path: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' });
  const range = { singleBranch: true, tags: false, ...(extent === 'commit' ? { depth: 1 } : {}) };
  for (const remoteRef of wants) await git.fetch({ ...origin, ...range, fs, gitdir, remoteRef, ref: remoteRef });
}
