import { systemClock } from '../../../shared/adapters/local/clock.ts';
import type { Clock } from '../../../shared/ports.ts';

/** The machine's clock, which may be put ahead. */
export type SettableClock = Clock & { ahead(ms: number): void };

export function settableClock(): SettableClock {
  let offset = 0;
  return {
    now: () => new Date(systemClock.now().getTime() + offset),
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
    ahead: (ms) => {
      offset += ms;
    },
  };
}
