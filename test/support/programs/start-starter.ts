import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

export type Starter = { readonly socket: string; stop(): Promise<void> };

/** Starts the process that starts programs; it ends with this one, in whatever way. */
export async function startStarter(): Promise<Starter> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-starter-'));
  const socket = join(folder, 'socket');
  const child = fork(join(import.meta.dirname, 'starter-process.ts'), [socket], {
    execArgv: [],
    env: { PATH: process.env['PATH'] },
    cwd: '/',
  });
  await once(child, 'message');
  return {
    socket,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
