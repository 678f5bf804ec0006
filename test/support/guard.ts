import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { endGroups } from './end-groups.ts';

/** A scratch folder and process groups that do not outlive this process, even when it is killed. */
export type Guard = {
  /** Private, empty at first, gone after `end`. */
  readonly folder: string;
  /** Puts a process that was spawned `detached`, and all that it starts, under the guard. */
  watch(child: ChildProcess): void;
  /** Kills what is watched and removes the folder. */
  end(): Promise<void>;
};

/** Starts a guard: a small process of its own that notices the end of this one by its closing pipe. */
export async function startGuard(name: string): Promise<Guard> {
  const folder = await mkdtemp(join(tmpdir(), `plumb-${name}-`));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guard-process.ts'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] },
    cwd: '/',
  });
  await once(child, 'spawn');
  const groups: number[] = [];
  child.unref();
  child.stdin.on('error', () => {});
  return {
    folder,
    watch: ({ pid }) => {
      if (pid === undefined) return;
      groups.push(pid);
      child.stdin.write(`${pid}\n`);
    },
    end: async () => {
      child.ref();
      const closed = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
      child.stdin.end();
      await closed;
      // Also right when somebody killed the guard itself.
      await endGroups(groups);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
