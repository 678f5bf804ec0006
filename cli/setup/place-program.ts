import { access, chmod, constants, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import type { Environment } from './local-setup.ts';

/** Makes a program appear at `target` whole or not at all: `make` writes elsewhere on the same disk, then it is renamed. */
export async function placeProgram(target: string, make: (draft: string) => Promise<void>): Promise<string> {
  const folder = `${draftPrefix(target)}${process.pid}`;
  await removeAbandonedDrafts(target);
  await mkdir(folder, { recursive: true });
  try {
    const draft = join(folder, basename(target));
    await make(draft);
    await chmod(draft, 0o755);
    await rename(draft, target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function draftPrefix(target: string): string {
  return join(dirname(target), `.${basename(target)}.`);
}

/** Left by a run that was killed. */
async function removeAbandonedDrafts(target: string): Promise<void> {
  const names = await readdir(dirname(target)).catch(() => []);
  const drafts = names.filter((name) => join(dirname(target), name).startsWith(draftPrefix(target)));
  const abandoned = drafts.filter((name) => !isAlive(Number(name.split('.').at(-1))));
  await Promise.all(abandoned.map((name) => rm(join(dirname(target), name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether there is a program at the path that may be run. */
export async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The absolute path of a program in PATH; an error when no folder of it has one. */
export async function findInPath(name: string, environment: Environment): Promise<string> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (isAbsolute(folder) && (await isProgram(join(folder, name)))) return join(folder, name);
  }
  throw new Error(`there is no ${name} in PATH`);
}
