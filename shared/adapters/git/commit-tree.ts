import { GitError } from '../../errors.ts';
import type { Commit } from '../../model/revision.ts';
import type { CommitTree, TreeEntry } from '../../ports.ts';
import { checkOut } from './checkout.ts';
import { parseCommit, type StoredEntry, tagTarget } from './git-object.ts';
import type { GitObjects } from './git-objects.ts';

/** The files of a commit that is kept. */
export class StoredCommitTree implements CommitTree {
  readonly repoURL: string;
  readonly commit: Commit;
  readonly #objects: GitObjects;
  readonly #root: StoredEntry;

  /** Opens a commit, or the commit behind an annotated tag; `shown` stands for the repository in messages. */
  constructor(shown: string, sha: string, objects: GitObjects) {
    const { tree, commit } = readCommit(shown, sha, objects);
    this.repoURL = shown;
    this.commit = commit;
    this.#objects = objects;
    this.#root = { path: '', oid: tree, type: 'folder', executable: false };
  }

  async entryAt(path: string): Promise<TreeEntry | undefined> {
    const entry = this.#find(path);
    return entry && toEntry(entry);
  }

  async list(folder: string, { recurse = false }: { readonly recurse?: boolean } = {}): Promise<readonly TreeEntry[]> {
    const at = this.#existing(folder);
    if (at.type !== 'folder') throw this.#misfit(at, 'a folder');
    const entries = recurse ? [...this.#below(at)] : this.#children(at);
    return entries.map(toEntry).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(path: string): Promise<Uint8Array> {
    const entry = this.#existing(path);
    if (entry.type === 'folder' || entry.type === 'submodule') throw this.#misfit(entry, 'a file');
    return this.#objects.read(entry.oid).content;
  }

  async checkout(paths: readonly string[], folder: string): Promise<void> {
    const entries = new Map<string, StoredEntry>();
    for (const named of paths.map((path) => this.#existing(path))) {
      if (named.type === 'submodule') throw this.#inSubmodule(named.path, named.path);
      const all = named.type === 'folder' ? [named, ...this.#below(named)] : [named];
      for (const entry of all) entries.set(entry.path, entry);
    }
    await checkOut([...entries.values()], { folder, read: (oid) => this.#objects.read(oid).content });
  }

  /** True when every object of the tree is kept. Contents of files are not read. */
  isComplete(): boolean {
    const kept = (entry: StoredEntry): boolean => entry.type === 'submodule' || this.#objects.has(entry.oid);
    const walk = (folder: StoredEntry): boolean =>
      kept(folder) && this.#children(folder).every((entry) => (entry.type === 'folder' ? walk(entry) : kept(entry)));
    return walk(this.#root);
  }

  #find(path: string): StoredEntry | undefined {
    let at: StoredEntry | undefined = this.#root;
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      if (at.type === 'submodule') throw this.#inSubmodule(path, at.path);
      if (at.type !== 'folder') return undefined;
      at = this.#child(at, name);
      if (at === undefined) return undefined;
    }
    return at;
  }

  #child(folder: StoredEntry, name: string): StoredEntry | undefined {
    const line = this.#objects.tree(folder.oid).get(name);
    return line && { path: join(folder.path, name), oid: line.oid, type: line.type, executable: line.executable };
  }

  #children(folder: StoredEntry): readonly StoredEntry[] {
    return [...this.#objects.tree(folder.oid).values()].map(({ name, oid, type, executable }) => ({
      path: join(folder.path, name),
      oid,
      type,
      executable,
    }));
  }

  *#below(folder: StoredEntry): Generator<StoredEntry> {
    for (const entry of this.#children(folder)) {
      yield entry;
      if (entry.type === 'folder') yield* this.#below(entry);
    }
  }

  #existing(path: string): StoredEntry {
    const entry = this.#find(path);
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

function readCommit(
  shown: string,
  sha: string,
  objects: GitObjects,
): { readonly tree: string; readonly commit: Commit } {
  const { type, content } = objects.read(sha);
  if (type === 'commit') return parseCommit(sha, content);
  if (type === 'tag') return readCommit(shown, tagTarget(content), objects);
  throw new GitError('git-revision-unknown', `${sha} of ${shown} is a ${type}, not a commit.`, {
    object: shown,
    hint: 'Give targetRevision the SHA of a commit.',
  });
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function toEntry({ path, oid, type }: StoredEntry): TreeEntry {
  return { path, oid, type };
}
