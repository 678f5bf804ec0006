import { readFile, stat } from 'node:fs/promises';
import { PlumbError } from '../shared/errors.ts';
import { fileProblem } from './file-problem.ts';

/** The text of a file that an option names and that holds secrets: others than its owner may not be able to read it. */
export async function readPrivateFile(file: string, option: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new PlumbError('usage', `${option}: others can read ${file}`, { hint: `run: chmod 600 ${file}` });
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof PlumbError) throw cause;
    throw new PlumbError('usage', `${option}: ${file} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}
