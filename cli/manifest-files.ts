import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumbError } from '../shared/errors.ts';
import { fileProblem } from './file-problem.ts';
import type { Shell } from './shell.ts';

/** A file's name as a person gave or would give it, and its text. */
export type TextFile = { readonly file: string; readonly text: string };

const extensions = /\.(ya?ml|json)$/;

/**
 * The named files, stdin for `-`, and below the named folders all manifests that have to do with Argo CD.
 * Below a folder, hidden files and those that nowhere say `argoproj.io` are passed over: values files, kustomizations.
 */
export async function readManifestFiles(
  paths: readonly string[],
  shell: Pick<Shell, 'folder' | 'readIn'>,
): Promise<readonly TextFile[]> {
  const read = await Promise.all(paths.map((path) => readPath(path, shell)));
  return read.flat();
}

async function readPath(path: string, shell: Pick<Shell, 'folder' | 'readIn'>): Promise<readonly TextFile[]> {
  if (path === '-') return [{ file: 'stdin', text: await shell.readIn() }];
  const found = await stat(absolute(path, shell)).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!found.isDirectory()) return [await readText(path, shell)];
  const files = await Promise.all((await manifestsBelow(path, shell)).map((file) => readText(file, shell)));
  return files.filter(({ text }) => text.includes('argoproj.io'));
}

async function manifestsBelow(folder: string, shell: Pick<Shell, 'folder'>): Promise<readonly string[]> {
  const entries = await readdir(absolute(folder, shell), { recursive: true, withFileTypes: true });
  const root = absolute(folder, shell);
  return entries
    .filter((entry) => entry.isFile() && extensions.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''))
    .filter((file) => !file.split('/').some((step) => step.startsWith('.')))
    .sort()
    .map((file) => join(folder, file));
}

async function readText(file: string, shell: Pick<Shell, 'folder'>): Promise<TextFile> {
  try {
    return { file, text: await readFile(absolute(file, shell), 'utf8') };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function absolute(path: string, { folder }: Pick<Shell, 'folder'>): string {
  return path.startsWith('/') ? path : join(folder, path);
}

function unreadable(path: string, cause: unknown): PlumbError {
  return new PlumbError('usage', `--filename: ${path} cannot be read: ${fileProblem(cause)}`, { object: path, cause });
}
