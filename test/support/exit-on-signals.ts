import { constants } from 'node:os';
import process from 'node:process';

/** Turns the signals that interrupt a program into an ordinary exit, after `cleanUp`, so that exit listeners end what was started. */
export function exitOnSignals(cleanUp: () => Promise<void> = async () => {}): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void cleanUp().finally(() => process.exit(128 + constants.signals[signal]));
    });
  }
}
