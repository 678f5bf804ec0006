import type { GitRef } from '../../model/revision.ts';
import type { CommitTree, GitHost } from '../../ports.ts';
import { ByteCache } from './byte-cache.ts';
import { StoredCommitTree } from './commit-tree.ts';
import { expandSha } from './expand-sha.ts';
import { fetchCommit, type Repository } from './fetch-commit.ts';
import { type GitCredentialSources, parseGitAddress } from './git-address.ts';
import { GitHttp, type GitProxy } from './git-http.ts';
import { GitObjects } from './git-objects.ts';
import { KeptRepository, packBytes } from './kept-repository.ts';
import { Remote } from './remote.ts';

export type HttpGitHostOptions = GitCredentialSources & {
  /** Where fetched objects are kept; several processes may share it. */
  readonly folder: string;
  /** For one request with its whole answer. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Default: 512 MB. */
  readonly maxPackBytes?: number;
  /** Before the first repetition of a request; default: 250 ms. */
  readonly retryDelayMs?: number;
  /** Default: none. */
  readonly proxy?: GitProxy;
};

type Wanted = { readonly sha: string; readonly ref?: string };

const openTreesBytes = 256e6;

/** Git over http and https with isomorphic-git, and with fetched commits kept on disk. */
export class HttpGitHost implements GitHost {
  readonly #options: HttpGitHostOptions;
  readonly #http: GitHttp;
  readonly #repositories: Map<string, Repository> = new Map();
  readonly #open: ByteCache<StoredCommitTree> = new ByteCache(openTreesBytes);
  readonly #opening: Map<string, Promise<StoredCommitTree>> = new Map();

  constructor(options: HttpGitHostOptions) {
    const { timeoutMs = 60_000, maxPackBytes = 512e6, retryDelayMs = 250, proxy = {} } = options;
    this.#options = options;
    this.#http = new GitHttp({ timeoutMs, maxBytes: maxPackBytes, retryDelayMs, proxy });
  }

  async listRefs(repoURL: string, prefixes: readonly string[]): Promise<readonly GitRef[]> {
    return prefixes.length === 0 ? [] : this.#repository(repoURL).remote.listRefs(prefixes);
  }

  async openCommit(repoURL: string, { sha, ref }: Wanted): Promise<CommitTree> {
    const repository = this.#repository(repoURL);
    const full = /^[0-9a-f]{40}$/i.test(sha) ? sha.toLowerCase() : await expandSha(sha.toLowerCase(), repository);
    const id = `${repository.remote.address.base} ${full}`;
    const opening = this.#opening.get(id) ?? this.#openCommit(repository, { sha: full, ref, id });
    this.#opening.set(id, opening);
    return opening.finally(() => this.#opening.delete(id));
  }

  /** Ends all connections; what is under way fails. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  #repository(repoURL: string): Repository {
    const known = this.#repositories.get(repoURL);
    if (known !== undefined) return known;
    const address = parseGitAddress(repoURL, this.#options);
    const repository = {
      remote: new Remote(address, this.#http),
      kept: new KeptRepository(this.#options.folder, address.key),
    };
    this.#repositories.set(repoURL, repository);
    return repository;
  }

  async #openCommit(
    repository: Repository,
    { sha, ref, id }: { readonly sha: string; readonly ref: string | undefined; readonly id: string },
  ): Promise<StoredCommitTree> {
    const kept = await repository.kept.find(sha);
    const open = kept === undefined ? undefined : this.#open.get(id);
    if (open !== undefined) return open;
    const folder = kept ?? (await fetchCommit(repository, { sha, ref }));
    const objects = new GitObjects(folder);
    const tree = new StoredCommitTree(repository.remote.address.shown, await objects.existingCommit(sha), objects);
    this.#open.set(id, tree, await packBytes(folder));
    return tree;
  }
}
