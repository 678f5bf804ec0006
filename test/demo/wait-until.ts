import { setTimeout as sleep } from 'node:timers/promises';

const betweenMs = 100;

export type Waited = {
  readonly ms: number /** What was still missing when time was up; empty: it came about. */;
  readonly missing: readonly string[];
};

/** Asks again and again until nothing is missing, or the time is up; failures of asking count as missing. */
export async function waitUntil(
  whatIsMissing: () => Promise<readonly string[]>,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly since?: number },
): Promise<Waited> {
  const since = options.since ?? performance.now();
  const deadline = performance.now() + options.timeoutMs;
  while (true) {
    options.signal.throwIfAborted();
    const missing = await whatIsMissing();
    if (missing.length === 0 || performance.now() > deadline) return { ms: performance.now() - since, missing };
    await sleep(betweenMs, undefined, { signal: options.signal });
  }
}
