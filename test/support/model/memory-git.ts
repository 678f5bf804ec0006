import { createHash } from 'node:crypto';
import { GitError } from '../../../shared/errors.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Commit, GitRef } from '../../../shared/model/revision.ts';
import type { CommitTree, GitHost, TreeEntry } from '../../../shared/ports.ts';

/** The files of a commit by name; they are all in the folder `app`. */
export type Files = { readonly [name: string]: Manifest };

type Kept = { readonly commit: Commit; readonly files: Files };

/** One repository with one branch, `main`. */
export class MemoryGit implements GitHost {
  readonly #commits = new Map<string, Kept>();
  #tip: string | undefined;

  /** Moves the branch to a new commit with these files; gives its SHA. */
  push(files: Files): string {
    const number = this.#commits.size + 1;
    const sha = hash(`commit ${number}`);
    const commit = { sha, author: 'a person', subject: `commit ${number}`, time: '2026-01-01T00:00:00Z' };
    this.#commits.set(sha, { commit, files });
    this.#tip = sha;
    return sha;
  }

  get tip(): string | undefined {
    return this.#tip;
  }

  async listRefs(): Promise<readonly GitRef[]> {
    return this.#tip === undefined ? [] : [{ name: 'refs/heads/main', oid: this.#tip }];
  }

  async openCommit(repoURL: string, { sha }: { readonly sha: string }): Promise<CommitTree> {
    const kept = this.#commits.get(sha);
    if (kept === undefined) throw new GitError('git-revision-unknown', `there is no commit ${sha}`);
    return treeOf(repoURL, kept);
  }
}

function treeOf(repoURL: string, { commit, files }: Kept): CommitTree {
  const textOf = (name: string): string => JSON.stringify(files[name]);
  const entries: readonly TreeEntry[] = Object.keys(files)
    .sort()
    .map((name) => ({ path: `app/${name}.json`, oid: hash(textOf(name)), type: 'file' }));
  const folder = (path: string): TreeEntry => ({ path, oid: hash(JSON.stringify(entries)), type: 'folder' });
  const all = [folder(''), folder('app'), ...entries];
  return {
    repoURL,
    commit,
    entryAt: async (path) => all.find((entry) => entry.path === path),
    list: async () => entries,
    read: async (path) => Buffer.from(textOf(path.replace(/^app\/|\.json$/g, ''))),
    checkout: () => Promise.reject(new Error('a folder of manifests is rendered without a checkout')),
  };
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
