import { GitError } from '../../errors.ts';
import type { Commit } from '../../model/revision.ts';
import type { CommitTree, TreeEntry } from '../../ports.ts';
import { checkOut } from './checkout.ts';
import type { GitObjects, StoredCommit } from './git-objects.ts';

/** What is at a path of a commit. */
export type StoredEntry = TreeEntry & { readonly executable: boolean };

/** The files of a commit that is kept. */
export class StoredCommitTree implements CommitTree {
  readonly repoURL: string;
  readonly commit: Commit;
  readonly #objects: GitObjects;
  readonly #root: StoredEntry;

  /** `shown` stands for the repository in messages. */
  constructor(shown: string, { commit, tree }: StoredCommit, objects: GitObjects) {
    this.repoURL = shown;
    this.commit = commit;
    this.#objects = objects;
    this.#root = { path: '', oid: tree, type: 'folder', executable: false };
  }

  async entryAt(path: string): Promise<TreeEntry | undefined> {
    const entry = await this.#find(path);
    return entry && toEntry(entry);
  }

  async list(folder: string, { recurse = false }: { readonly recurse?: boolean } = {}): Promise<readonly TreeEntry[]> {
    const at = await this.#existing(folder);
    if (at.type !== 'folder') throw this.#misfit(at, 'a folder');
    const entries = await (recurse ? this.#below(at) : this.#children(at));
    return entries.map(toEntry).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(path: string): Promise<Uint8Array> {
    const entry = await this.#existing(path);
    if (entry.type === 'folder' || entry.type === 'submodule') throw this.#misfit(entry, 'a file');
    return this.#objects.blob(entry.oid);
  }

  async checkout(paths: readonly string[], folder: string): Promise<void> {
    const entries = new Map<string, StoredEntry>();
    for (const path of paths) {
      const named = await this.#existing(path);
      if (named.type === 'submodule') throw this.#inSubmodule(named.path, named.path);
      const below = named.type === 'folder' ? await this.#below(named) : [];
      for (const entry of [named, ...below]) entries.set(entry.path, entry);
    }
    await checkOut([...entries.values()], { folder, read: (oid) => this.#objects.blob(oid) });
  }

  async #find(path: string): Promise<StoredEntry | undefined> {
    let at: StoredEntry | undefined = this.#root;
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      if (at.type === 'submodule') throw this.#inSubmodule(path, at.path);
      if (at.type !== 'folder') return undefined;
      at = (await this.#children(at, name))[0];
      if (at === undefined) return undefined;
    }
    return at;
  }

  /** What is in a folder; with a name, only what is called so. */
  async #children(folder: StoredEntry, only?: string): Promise<readonly StoredEntry[]> {
    const lines = await this.#objects.tree(folder.oid);
    const named = only === undefined ? [...lines.values()] : [lines.get(only)].filter((line) => line !== undefined);
    const prefix = folder.path === '' ? '' : `${folder.path}/`;
    return named.map(({ name, ...line }) => ({ path: `${prefix}${name}`, ...line }));
  }

  async #below(folder: StoredEntry): Promise<readonly StoredEntry[]> {
    const children = await this.#children(folder);
    const below = await Promise.all(children.map((child) => (child.type === 'folder' ? this.#below(child) : [])));
    return [...children, ...below.flat()];
  }

  async #existing(path: string): Promise<StoredEntry> {
    const entry = await this.#find(path);
    if (entry !== undefined) return entry;
    throw this.#unknownPath(`there is no "${path}"`, 'Check the path, its case, and that it is pushed.');
  }

  #misfit({ path, type }: StoredEntry, wanted: string): GitError {
    return this.#unknownPath(`"${path}" is a ${type}, not ${wanted}`, `Name ${wanted} instead.`);
  }

  #inSubmodule(path: string, submodule: string): GitError {
    const hint = 'Submodules are not followed: name the other repository as a source of its own, or copy the files.';
    return this.#unknownPath(`"${path}" lies in the submodule "${submodule}"`, hint);
  }

  #unknownPath(what: string, hint: string): GitError {
    const message = `In commit ${this.commit.sha.slice(0, 12)} of ${this.repoURL} ${what}.`;
    return new GitError('git-path-unknown', message, { object: this.repoURL, hint });
  }
}

function toEntry({ path, oid, type }: StoredEntry): TreeEntry {
  return { path, oid, type };
}
