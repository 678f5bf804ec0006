import type { TreeEntry as LibraryEntry, PromiseFsClient, ReadCommitResult } from 'isomorphic-git';
import { GitError, messageOf } from '../../errors.ts';
import type { Commit } from '../../model/revision.ts';
import type { TreeEntry } from '../../ports.ts';
import { libraryCode, loadGit } from './git-library.ts';
import { packFiles } from './pack-files.ts';

/** One line of a tree. */
export type TreeLine = Pick<TreeEntry, 'oid' | 'type'> & { readonly name: string; readonly executable: boolean };

/** A commit, and the id of its root folder. */
export type StoredCommit = { readonly commit: Commit; readonly tree: string };

type Git = Awaited<ReturnType<typeof loadGit>>;
type Place = { readonly fs: PromiseFsClient; readonly gitdir: string; readonly cache: object };

const typeOfMode: { readonly [mode: string]: TreeEntry['type'] } = {
  '040000': 'folder',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** The objects in a folder of packs. Packs, their indexes and parsed trees stay in memory as long as this does. */
export class GitObjects {
  readonly #place: Place;
  readonly #trees: Map<string, Promise<ReadonlyMap<string, TreeLine>>> = new Map();

  constructor(folder: string) {
    this.#place = { fs: packFiles(), gitdir: folder, cache: {} };
  }

  /** The commit, or the commit behind an annotated tag; undefined when it is not there, or something else. */
  commit(oid: string): Promise<StoredCommit | undefined> {
    return this.#read(oid, (git) => git.readCommit({ ...this.#place, oid }).then(toStoredCommit, toAbsent));
  }

  /** The same, where it must be there; missing or damaged objects are a GitError `git-failed`, here and below. */
  async existingCommit(oid: string): Promise<StoredCommit> {
    const found = await this.commit(oid);
    if (found === undefined) throw this.#unreadable(oid, 'it is missing');
    return found;
  }

  /** The lines of a tree by name. */
  tree(oid: string): Promise<ReadonlyMap<string, TreeLine>> {
    const known = this.#trees.get(oid);
    if (known !== undefined) return known;
    const lines = this.#read(oid, async (git) => toLines((await git.readTree({ ...this.#place, oid })).tree));
    this.#trees.set(oid, lines);
    lines.catch(() => this.#trees.delete(oid));
    return lines;
  }

  blob(oid: string): Promise<Uint8Array> {
    return this.#read(oid, async (git) => (await git.readBlob({ ...this.#place, oid })).blob);
  }

  /** The commits that start with these hex digits. */
  async commitsStartingWith(digits: string): Promise<readonly string[]> {
    const oids = await this.#read(digits, (git) => git.expandOid({ ...this.#place, oid: digits }).catch(toMatches));
    const commits = await Promise.all([oids].flat().map((oid) => this.commit(oid)));
    return commits.flatMap((found) => (found?.commit.sha.startsWith(digits) ? [found.commit.sha] : []));
  }

  async #read<T>(oid: string, read: (git: Git) => Promise<T>): Promise<T> {
    const git = await loadGit();
    return read(git).catch((cause: unknown) => {
      throw this.#unreadable(oid, cause);
    });
  }

  #unreadable(oid: string, cause: unknown): GitError {
    const { gitdir } = this.#place;
    const isUnsafe = libraryCode(cause) === 'UnsafeFilepathError';
    return new GitError('git-failed', `Git object ${oid} in ${gitdir} cannot be read: ${messageOf(cause)}`, {
      object: gitdir,
      hint: isUnsafe
        ? 'Rename what has that name in the repository.'
        : 'Delete the folder that contains that one: it holds only copies, and is fetched again.',
      cause,
    });
  }
}

function toStoredCommit({ oid: sha, commit: { author, message, tree } }: ReadCommitResult): StoredCommit {
  const [subject = ''] = message.trimStart().split('\n');
  const time = new Date(author.timestamp * 1000);
  const isTime = !Number.isNaN(time.getTime());
  const commit = {
    sha,
    author: `${author.name} <${author.email}>`,
    subject,
    time: (isTime ? time : new Date(0)).toISOString(),
  };
  return { commit, tree };
}

function toLines(entries: readonly LibraryEntry[]): ReadonlyMap<string, TreeLine> {
  return new Map(
    entries.map(({ path: name, oid, mode }) => [
      name,
      { name, oid, type: typeOfMode[mode] ?? 'file', executable: mode === '100755' },
    ]),
  );
}

function toAbsent(error: unknown): undefined {
  if (['NotFoundError', 'ObjectTypeError'].includes(libraryCode(error) ?? '')) return undefined;
  throw error;
}

/** The library has an error for no match, and one with all of them for several. */
function toMatches(error: unknown): readonly string[] {
  if (libraryCode(error) === 'NotFoundError') return [];
  if (libraryCode(error) !== 'AmbiguousError') throw error;
  return (error as { readonly data: { readonly matches: readonly string[] } }).data.matches;
}
