import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { GitError } from '../../errors.ts';
import type { Commit } from '../../model/revision.ts';
import type { TreeEntry } from '../../ports.ts';

export const objectTypes = ['commit', 'tree', 'blob', 'tag'] as const;

export type GitObject = { readonly type: (typeof objectTypes)[number]; readonly content: Buffer };

/** One line of a tree. */
export type TreeLine = {
  readonly name: string;
  readonly oid: string;
  readonly type: TreeEntry['type'];
  readonly executable: boolean;
};

const typeOfMode: { readonly [mode: string]: TreeEntry['type'] } = {
  '40000': 'folder',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** What is at a path of a commit. */
export type StoredEntry = TreeEntry & { readonly executable: boolean };

/** The name that Git gives to the object. */
export function oidOf({ type, content }: GitObject): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** The lines of a tree by name. A name that could lead out of its folder, or into `.git`, is a GitError `git-failed`. */
export function parseTree(content: Buffer): ReadonlyMap<string, TreeLine> {
  const lines = new Map<string, TreeLine>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString('latin1', at, space);
    const name = content.toString('utf8', space + 1, end);
    if (/^(\.{0,2}|\.git)$|\//i.test(name))
      throw new GitError('git-failed', `A Git tree holds the unsafe name "${name}".`);
    const oid = content.toString('hex', end + 1, end + 21);
    lines.set(name, { name, oid, type: typeOfMode[mode] ?? 'file', executable: mode === '100755' });
    at = end + 21;
  }
  return lines;
}

/** What a commit says of itself, and its tree. */
export function parseCommit(sha: string, content: Buffer): { readonly tree: string; readonly commit: Commit } {
  const text = content.toString('utf8');
  const end = text.indexOf('\n\n');
  const header = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text.slice(0, end))?.[1] ?? '';
  const [, author = '', seconds = '0'] = /^(.*) (-?\d+) [+-]\d+$/.exec(header('author')) ?? [];
  const [subject = ''] = text
    .slice(end + 2)
    .trimStart()
    .split('\n');
  return { tree: header('tree'), commit: { sha, author, subject, time: toTime(Number(seconds)) } };
}

/** The object that an annotated tag points to. */
export function tagTarget(content: Buffer): string {
  return /^object ([0-9a-f]{40})$/m.exec(content.toString('utf8'))?.[1] ?? '';
}

function toTime(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}
