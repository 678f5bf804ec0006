import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A private folder for one run of a tool; `home` is the tool's home, `files` what it works on. */
export type ScratchFolder = { readonly root: string; readonly home: string; readonly files: string };

/** Gives the work a folder that nobody else can read, and takes it away afterwards, whatever happens. */
export async function inScratchFolder<Result>(
  scratch: string,
  work: (folder: ScratchFolder) => Promise<Result>,
): Promise<Result> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const root = await mkdtemp(join(scratch, 'render-'));
  const folder = { root, home: join(root, 'home'), files: join(root, 'files') };
  try {
    await Promise.all([mkdir(folder.home, { mode: 0o700 }), mkdir(folder.files, { mode: 0o700 })]);
    return await work(folder);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}
