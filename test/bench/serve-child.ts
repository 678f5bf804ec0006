import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServeEvent, ServeSetup } from './serve-process.ts';

export type Usage = Extract<ServeEvent, { readonly type: 'usage' }>;

/** `plumb serve` in a process of its own. */
export type ServeChild = {
  usage(): Promise<Usage>;
  stop(): void;
};

/** Starts to serve; every event but the usage goes to `onEvent`. */
export function startServeChild(setup: ServeSetup, onEvent: (event: ServeEvent) => void): ServeChild {
  const child = fork(join(import.meta.dirname, 'serve-process.ts'), [JSON.stringify(setup)], {
    execArgv: ['--no-warnings'],
  });
  child.on('message', onEvent);
  return {
    usage: async () => {
      const answer = new Promise<Usage>((resolve) => {
        const take = (event: ServeEvent): void => {
          if (event.type !== 'usage') return;
          child.off('message', take);
          resolve(event);
        };
        child.on('message', take);
      });
      child.send('usage');
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

/** Waits, for 2 minutes at most, until something holds. */
export async function until(holds: () => boolean, what: string | (() => string)): Promise<void> {
  for (const end = performance.now() + 120_000; !holds(); await sleep(5)) {
    if (performance.now() > end) throw new Error(`not within 2 minutes: ${typeof what === 'string' ? what : what()}`);
  }
}
