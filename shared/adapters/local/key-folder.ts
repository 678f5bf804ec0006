import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SecretError } from '../../errors.ts';
import { type Conceal, revealSecret } from '../../model/secret-value.ts';
import type { KeySource } from '../../model/secrets-config.ts';
import type { KeyFile, KeyFiles } from '../../secret-ports.ts';
import { errorCode } from './folder-store-errors.ts';

/** Key files on this machine. */
export type LocalKeySource = Exclude<KeySource, { readonly type: 'secrets-manager' }>;

/** Key files of a file or a folder. Files that others than their owner can read are refused. */
export function createKeyFolder({ conceal }: { readonly conceal: Conceal }): {
  readonly read: (source: LocalKeySource) => ReturnType<KeyFiles['read']>;
  readonly add: (source: LocalKeySource, file: KeyFile) => Promise<void>;
} {
  return {
    read: (source) => readSource(source, conceal),
    add: (source, file) => addFile(source, file),
  };
}

const maxBytes = 1024 * 1024;

async function readSource({ type, path }: LocalKeySource, conceal: Conceal): Promise<readonly KeyFile[]> {
  if (type === 'file') return [{ name: path, content: conceal(await readPrivate(path)) }];
  const names = (await listFolder(path)).filter((name) => !name.startsWith('.')).sort();
  const files = names.map(async (name): Promise<readonly KeyFile[]> => {
    const file = join(path, name);
    const found = await stat(file).catch((error: unknown) => Promise.reject(unusable(file, 'read', error)));
    return found.isFile() ? [{ name: file, content: conceal(await readPrivate(file)) }] : [];
  });
  return (await Promise.all(files)).flat();
}

async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    throw unusable(path, 'read', error);
  }
}

async function readPrivate(path: string): Promise<Uint8Array> {
  try {
    const { mode, size } = await stat(path);
    if ((mode & 0o077) !== 0) throw refused(path, 'others than its owner can read it', `run: chmod 600 ${path}`);
    if (size > maxBytes) throw refused(path, 'it is larger than 1 MiB', 'name a file that holds keys only');
    return await readFile(path);
  } catch (error) {
    throw error instanceof SecretError ? error : unusable(path, 'read', error);
  }
}

async function addFile({ type, path }: LocalKeySource, { name, content }: KeyFile): Promise<void> {
  const file = type === 'file' ? path : join(path, basename(name));
  try {
    if (type === 'folder') await mkdir(path, { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(revealSecret(content));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'EEXIST')
      throw refused(
        file,
        'it is there already, and key files are never replaced',
        'choose another name, or move it away',
      );
    throw unusable(file, 'write', error);
  }
}

const problems: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function unusable(path: string, tried: 'read' | 'write', error: unknown): SecretError {
  const problem = problems[errorCode(error) ?? ''] ?? 'the system does not let it';
  return new SecretError('secret-absent', `Key file ${path}: cannot ${tried} it: ${problem}`, {
    object: path,
    hint: 'correct the key source in the configuration, or put the file in its place',
  });
}

function refused(path: string, problem: string, hint: string): SecretError {
  return new SecretError('secret-refused', `Key file ${path}: ${problem}`, { object: path, hint });
}
