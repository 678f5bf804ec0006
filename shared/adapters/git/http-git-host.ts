import { GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import type { CommitTree, GitHost } from '../../ports.ts';
import { ByteCache } from './byte-cache.ts';
import { StoredCommitTree } from './commit-tree.ts';
import { expandSha } from './expand-sha.ts';
import { fetchCommit, type Repository } from './fetch-commit.ts';
import { type GitCredential, parseGitAddress } from './git-address.ts';
import { GitHttp } from './git-http.ts';
import type { TreeLine } from './git-object.ts';
import { GitObjects } from './git-objects.ts';
import { type KeptCommit, KeptRepository } from './kept-repository.ts';
import { Remote } from './remote.ts';

export type HttpGitHostOptions = {
  /** Where fetched objects are kept; several processes may share it. */
  readonly folder: string;
  readonly credentials?: readonly GitCredential[];
  /** For one request with its whole answer. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Default: 512 MB. */
  readonly maxPackBytes?: number;
  /** Before the first repetition of a request; default: 250 ms. */
  readonly retryDelayMs?: number;
};

type Wanted = { readonly sha: string; readonly ref?: string };

const treeCacheBytes = 64e6;
const openTrees = 32;

/** Git over http and https in protocol version 2, with fetched commits kept on disk. */
export class HttpGitHost implements GitHost {
  readonly #options: HttpGitHostOptions;
  readonly #http: GitHttp;
  readonly #repositories: Map<string, Repository> = new Map();
  readonly #lines: ByteCache<ReadonlyMap<string, TreeLine>> = new ByteCache(treeCacheBytes);
  readonly #open: ByteCache<StoredCommitTree> = new ByteCache(openTrees);
  readonly #fetches: Map<string, Promise<StoredCommitTree>> = new Map();

  constructor(options: HttpGitHostOptions) {
    const { timeoutMs = 60_000, maxPackBytes = 512e6, retryDelayMs = 250 } = options;
    this.#options = options;
    this.#http = new GitHttp({ timeoutMs, maxBytes: maxPackBytes, retryDelayMs });
  }

  async listRefs(repoURL: string, prefixes: readonly string[]): Promise<readonly GitRef[]> {
    return prefixes.length === 0 ? [] : this.#repository(repoURL).remote.listRefs(prefixes);
  }

  async openCommit(repoURL: string, { sha, ref }: Wanted): Promise<CommitTree> {
    const repository = this.#repository(repoURL);
    const full = /^[0-9a-f]{40}$/i.test(sha) ? sha.toLowerCase() : await expandSha(sha.toLowerCase(), repository);
    const id = `${repository.kept.folder} ${full}`;
    const open = repository.kept.touch(full) ? this.#open.get(id) : undefined;
    if (open !== undefined) return open;
    const opening =
      this.#fetches.get(id) ?? this.#fetch(repository, ref === undefined ? { sha: full } : { sha: full, ref });
    this.#fetches.set(id, opening);
    const tree = await opening.finally(() => this.#fetches.delete(id));
    this.#open.set(id, tree, 1);
    return tree;
  }

  /** Ends all connections; what is under way fails. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  #repository(repoURL: string): Repository {
    const known = this.#repositories.get(repoURL);
    if (known !== undefined) return known;
    const address = parseGitAddress(repoURL, this.#options.credentials ?? []);
    const repository = {
      remote: new Remote(address, this.#http),
      kept: new KeptRepository(this.#options.folder, address.key),
    };
    this.#repositories.set(repoURL, repository);
    return repository;
  }

  async #fetch(repository: Repository, wanted: Wanted): Promise<StoredCommitTree> {
    const found = this.#openKept(repository, wanted.sha);
    if (found !== undefined) return found;
    const isComplete = (commit: KeptCommit): boolean =>
      commit.packs.some((pack) => pack.has(wanted.sha)) && this.#toTree(repository, wanted.sha, commit).isComplete();
    for (const base of new Set([repository.kept.base(), undefined])) {
      await fetchCommit(repository, { ...wanted, base, isComplete });
      const fetched = this.#openKept(repository, wanted.sha);
      if (fetched !== undefined) return fetched;
    }
    const { shown } = repository.remote.address;
    throw new GitError('git-failed', `Git repository ${shown} sent commit ${wanted.sha} without all of its files.`, {
      object: shown,
      hint: 'Check the repository on its host with `git fsck`.',
    });
  }

  #openKept(repository: Repository, sha: string): StoredCommitTree | undefined {
    const commit = repository.kept.open(sha);
    return commit && this.#toTree(repository, sha, commit);
  }

  #toTree({ remote }: Repository, sha: string, { packs, folder }: KeptCommit): StoredCommitTree {
    return new StoredCommitTree(remote.address.shown, sha, new GitObjects(packs, this.#lines, folder));
  }
}
