import { once } from 'node:events';
import { join } from 'node:path';
import type { CommitRequest } from '../git-repositories.ts';
import { forkProgram } from './fork-program.ts';

/** One repository on a Git host in a process of its own. */
export type GitBranches = {
  readonly url: string;
  commit(request: CommitRequest): Promise<void>;
  close(): Promise<void>;
};

/** Starts the host; `close` leaves nothing behind, and neither does the end of this process. */
export async function startGitBranches(): Promise<GitBranches> {
  const { child, message } = await forkProgram(join(import.meta.dirname, 'git-process.ts'));
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let number = 0;
  child.on('message', (done) => waiting.get(Number(done))?.resolve());
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The Git host ended with ${code}`));
  });
  return {
    url: String(message),
    commit: (request) => {
      number += 1;
      const done = Promise.withResolvers<void>();
      waiting.set(number, done);
      child.send({ ...request, number });
      return done.promise;
    },
    close: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
