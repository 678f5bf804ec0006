import { Buffer } from 'node:buffer';
import { lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GitError } from '../../errors.ts';
import type { StoredEntry } from './commit-tree.ts';

const writesAtOnce = 32;

type Target = { readonly folder: string; readonly read: (oid: string) => Promise<Uint8Array> };

/**
 * Writes entries below a folder at their own paths. A link that is there already is never followed: where a folder is needed in its
 * place, that is a GitError `git-failed`. A submodule becomes an empty folder, as git leaves it.
 */
export async function checkOut(entries: readonly StoredEntry[], { folder, read }: Target): Promise<void> {
  const root = resolve(folder);
  const made = new Set([root]);
  await mkdir(root, { recursive: true });
  const files: { readonly path: string; readonly entry: StoredEntry }[] = [];
  for (const entry of entries) {
    const path = join(root, entry.path);
    const isFolder = entry.type === 'folder' || entry.type === 'submodule';
    await ensureFolder(isFolder ? path : dirname(path), made);
    if (!isFolder) files.push({ path, entry });
  }
  for (let at = 0; at < files.length; at += writesAtOnce) {
    await Promise.all(
      files.slice(at, at + writesAtOnce).map(async ({ path, entry }) => writeEntry(path, entry, await read(entry.oid))),
    );
  }
}

async function writeEntry(path: string, entry: StoredEntry, content: Uint8Array): Promise<void> {
  const write = (): Promise<void> =>
    entry.type === 'symlink'
      ? symlink(Buffer.from(content).toString('utf8'), path)
      : writeFile(path, content, { flag: 'wx', mode: entry.executable ? 0o755 : 0o644 });
  await write().catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    await rm(path);
    await write();
  });
}

async function ensureFolder(path: string, made: Set<string>): Promise<void> {
  if (made.has(path)) return;
  await ensureFolder(dirname(path), made);
  await mkdir(path).catch(async (cause: unknown) => {
    if ((await lstat(path)).isDirectory()) return;
    throw new GitError('git-failed', `Cannot write to ${path}: something else than a folder is there.`, {
      object: path,
      cause,
    });
  });
  made.add(path);
}
