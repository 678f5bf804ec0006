import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Another process namespace may share the folder, and its processes cannot be seen from here: young folders stay. */
const youngMs = 60 * 60_000;

/** Takes away this user's scratch folders of processes that were killed more than an hour ago. */
export function sweepScratch(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^plumb-scratch-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(parent, name);
    const stat = statSync(folder, { throwIfNoEntry: false });
    const isMine = stat !== undefined && stat.uid === process.getuid?.();
    if (isMine && Date.now() - stat.mtimeMs > youngMs) rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
