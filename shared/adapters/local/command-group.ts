import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

export type ProgramStart = {
  readonly path: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: { readonly [name: string]: string };
};

/** The shell says so when it cannot run a program: 126 for one that is no program, 127 for one that is not there. */
export const cannotRunCodes: readonly number[] = [126, 127];

/**
 * Beside the program, in its process group, a shell waits for the end of a pipe that only this process holds open, and then kills
 * the group. The kernel closes that pipe however this process ends, be it by SIGKILL.
 */
const guarded = `{ read -r end <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec "$0" "$@" 3<&-`;

const running = new Set<ChildProcess>();

/**
 * Starts a program in a process group of its own, with output to read and no input. Whatever of the group is left is killed when
 * the program ends, and when this process does.
 */
export function startGroup({ path, args, folder, environment }: ProgramStart): ChildProcess {
  const child = spawn('/bin/sh', ['-c', guarded, path, ...args], {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // Before all other listeners: one that takes the program's folder away must find it ended.
  if (running.size === 0) process.prependListener('exit', killRunning);
  running.add(child);
  const forget = (): void => {
    running.delete(child);
    if (running.size === 0) process.off('exit', killRunning);
    child.stdio[3]?.destroy();
  };
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

/** The program and whatever it has started. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function killRunning(): void {
  for (const child of running) killGroup(child);
}
