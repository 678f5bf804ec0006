/** How long before the end of an invocation nothing more is begun. */
const reserveMs = 10_000;
/** How long a rollout is looked at in one go: whoever waits longer does so where it costs nothing. */
const longestWaitMs = 30_000;

export type Signals = {
  readonly signal: AbortSignal;
  readonly superseded: AbortSignal;
  /** Nothing fires any more. */
  end(): void;
};

/** What ends waits, and what ends work, in an invocation that has so many milliseconds left. */
export function signalsFor(leftMs: number): Signals {
  const [work, waits] = [new AbortController(), new AbortController()];
  const timers = [
    setTimeout(() => work.abort(), Math.max(0, leftMs - reserveMs)),
    setTimeout(() => waits.abort(), Math.max(0, Math.min(longestWaitMs, leftMs - 2 * reserveMs))),
  ];
  return {
    signal: work.signal,
    superseded: waits.signal,
    end: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
