import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsFailure, caughtFailure, mayPass } from './aws-failure.ts';

/** What a call came to. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: AwsFailure };

export type Attempts = {
  /** Attempts after the first. */
  readonly retries: number;
  /** Between two attempts, always the same; absent or 0: longer each time, by chance, so that many do not come back at once. */
  readonly intervalMs?: number;
};

/** What attempts are made of where nothing is said. */
export const usualAttempts: Attempts = { retries: 3 };

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Calls AWS, again when it is throttled or does not answer, and gives the last outcome. Nothing that AWS said comes out. */
export async function attempt<Value>(
  action: string,
  call: () => Promise<Value>,
  attempts: Attempts,
): Promise<Outcome<Value>> {
  for (let tried = 0; ; tried += 1) {
    const outcome = await once(action, call);
    if (outcome.ok || tried >= attempts.retries || !mayPass(outcome.failure)) return outcome;
    await sleep(pauseAfter(tried, attempts));
  }
}

/** How long to wait after an attempt, the first being 0. */
export function pauseAfter(tried: number, { intervalMs }: Attempts): number {
  return intervalMs || Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** tried);
}

async function once<Value>(action: string, call: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: caughtFailure(error, action) };
  }
}
