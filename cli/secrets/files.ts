import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PlumbError } from '../../shared/errors.ts';
import { fileProblem } from '../file-problem.ts';
import type { Shell } from '../shell.ts';

/** The bytes of a file, or of stdin for `-`. */
export async function readInput(file: string, shell: Shell): Promise<Buffer> {
  if (file === '-') return await shell.readBytesIn();
  try {
    return await readFile(resolve(shell.folder, file));
  } catch (cause) {
    throw new PlumbError('usage', `${file} cannot be read: ${fileProblem(cause)}`, { object: file, cause });
  }
}

/** Puts a text in the place of a file, whole or not at all. */
export async function replaceFile(file: string, text: string, shell: Shell): Promise<void> {
  const path = resolve(shell.folder, file);
  try {
    const { mode } = await stat(path);
    await writeFile(`${path}.new`, text, { mode: mode & 0o777 });
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw new PlumbError('usage', `${file} cannot be written: ${fileProblem(cause)}`, { object: file, cause });
  }
}
