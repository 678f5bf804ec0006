import { setTimeout as sleep } from 'node:timers/promises';

export type Patience = { readonly timeoutMs?: number; readonly intervalMs?: number };

/** Asks until the answer is truthy and gives it; after 30 s (or as told) the error says what was awaited and what came instead. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  patience: Patience = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 30_000, intervalMs = 50 } = patience;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}; last answer: ${String(answer)}`);
    await sleep(intervalMs);
  }
}
