import { GitError, messageOf } from '../../errors.ts';
import type { ByteCache } from './byte-cache.ts';
import { type GitObject, oidOf, parseTree, type TreeLine } from './git-object.ts';
import { findIn, type Pack } from './pack.ts';

/** The kept objects that one commit needs. Every object is checked against its name when it is read. */
export class GitObjects {
  readonly #packs: readonly Pack[];
  readonly #trees: ByteCache<ReadonlyMap<string, TreeLine>>;
  readonly #folder: string;

  constructor(packs: readonly Pack[], trees: ByteCache<ReadonlyMap<string, TreeLine>>, folder: string) {
    this.#packs = packs;
    this.#trees = trees;
    this.#folder = folder;
  }

  has(oid: string): boolean {
    return this.#packs.some((pack) => pack.has(oid));
  }

  /** An object that is missing or damaged is a GitError `git-failed` that names the folder. */
  read(oid: string): GitObject {
    const object = this.#find(oid);
    if (oidOf(object) !== oid) throw this.#damaged(oid, new Error('its content does not match its name'));
    return object;
  }

  /** A tree's lines, kept between calls. */
  tree(oid: string): ReadonlyMap<string, TreeLine> {
    return this.#trees.get(oid) ?? this.#readTree(oid);
  }

  #readTree(oid: string): ReadonlyMap<string, TreeLine> {
    const { content } = this.read(oid);
    const tree = parseTree(content);
    this.#trees.set(oid, tree, content.length * 5);
    return tree;
  }

  #find(oid: string): GitObject {
    try {
      return findIn(this.#packs, oid);
    } catch (cause) {
      throw this.#damaged(oid, cause);
    }
  }

  #damaged(oid: string, cause: unknown): GitError {
    return new GitError('git-failed', `Git object ${oid} in ${this.#folder} cannot be read: ${messageOf(cause)}.`, {
      object: this.#folder,
      hint: 'Delete that folder: it holds only copies, and is fetched again.',
      cause,
    });
  }
}
