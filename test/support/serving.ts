import { setTimeout as sleep } from 'node:timers/promises';
import type { Declarations } from '../../shared/model/registry.ts';
import type { Ports } from '../../shared/ports.ts';
import { serve } from '../../shared/workflows/serve/serve.ts';
import type { ServeOptions } from '../../shared/workflows/serve/serving.ts';
import type { Engine } from './engine.ts';

/** `plumb serve` within the test, at a quick pace. */
export type Serving = {
  /** Looks at Git that have begun. */
  rounds(): number;
  /** Messages of the notices of this level so far. */
  notices(level: 'info' | 'warning' | 'error'): readonly string[];
  /** Tells it to end; resolves when it has. An error when that takes over 10 s. */
  stop(): Promise<void>;
};

export type ServingOptions = Pick<ServeOptions, 'pushes' | 'control'> & {
  readonly load: () => Promise<Declarations> | Declarations;
  readonly ports?: Ports;
  /** Milliseconds; default 100. */
  readonly pollMs?: number;
  /** Milliseconds; default 100. */
  readonly driftMs?: number;
};

/** Starts to serve what `load` declares. */
export function startServing(
  engine: Engine,
  { load, ports = engine.ports, pollMs = 100, driftMs = 100, ...hears }: ServingOptions,
): Serving {
  const abort = new AbortController();
  let rounds = 0;
  const counted = async (): Promise<Declarations> => {
    rounds += 1;
    return load();
  };
  const options = { pollMs, driftMs, concurrency: 4, signal: abort.signal, jitter: () => 0, ...hears };
  const ended = serve(counted, options, ports);
  return {
    rounds: () => rounds,
    notices: (level) =>
      engine.progress.flatMap((event) => (event.type === 'notice' && event.level === level ? [event.message] : [])),
    stop: async () => {
      abort.abort();
      const late = new AbortController();
      const tooLate = sleep(10_000, undefined, { signal: late.signal }).then(() => {
        throw new Error('serve has not ended within 10 s');
      });
      await Promise.race([ended, tooLate]).finally(() => late.abort());
      await tooLate.catch(() => undefined);
    },
  };
}
