import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../ports.ts';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    if (signal === undefined) return await wait(milliseconds);
    if (signal.aborted) return;
    // The only way in which it can fail is the signal, and that is no error here.
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  },
};
