import { setTimeout as sleep } from 'node:timers/promises';

const betweenMs = 100;
const patienceMs = 10_000;

/** `missing` is what was still missing when time was up; empty: it came about. */
export type Waited = { readonly ms: number; readonly missing: readonly string[] };

export type WaitOptions = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Hears every 10 s what is still missing. */
  readonly tell: (missing: readonly string[]) => void;
  /** When the clock started, as `performance.now()` gives it. Default: now. */
  readonly since?: number;
};

/** Asks again and again until nothing is missing, or the time is up. A question that fails ends the wait. */
export async function waitUntil(
  whatIsMissing: () => Promise<readonly string[]>,
  { timeoutMs, signal, tell, since = performance.now() }: WaitOptions,
): Promise<Waited> {
  const deadline = performance.now() + timeoutMs;
  let nextWord = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const missing = await whatIsMissing();
    const now = performance.now();
    if (missing.length === 0 || now > deadline) return { ms: now - since, missing };
    if (now > nextWord) {
      tell(missing);
      nextWord = now + patienceMs;
    }
    await sleep(betweenMs, undefined, { signal });
  }
}
