import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { compileCache } from '../compile-cache.ts';

/** A program, started with a channel, and the first message that it sent: then it is ready. */
export async function forkProgram(file: string): Promise<{ readonly child: ChildProcess; readonly message: unknown }> {
  const child = fork(file, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    // Jest's own options must not reach it.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...compileCache },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} did not start: it ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  return { child, message };
}
