import { setTimeout as sleep } from 'node:timers/promises';
import { Limit } from '../limit.ts';
import { type Attempts, pauseAfter } from './attempt.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { callConfig } from './call-options.ts';
import type { S3Calls } from './clients/s3-calls.ts';
import { mayPassOnS3, type S3Failure, type S3FailureKind, s3FailureOf } from './s3-failure.ts';

export type S3BucketOptions = {
  /** Absent: as the SDK finds it. */
  readonly region?: string;
  /** Absent: those that the SDK finds. */
  readonly credentials?: CredentialSource;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  readonly attempts?: Attempts;
  /** Calls at once; fewer than the SDK has sockets. */
  readonly maxConcurrency?: number;
};

/** What a call came to. `unsure`: an earlier attempt may have been carried out. */
export type S3Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: S3Failure; readonly unsure: boolean };

/** Calls S3, again when it is throttled or does not answer; never throws. */
export type CallS3 = <Value>(action: string, call: (client: S3Calls) => Promise<Value>) => Promise<S3Outcome<Value>>;

/** Calls by a client that is made at the first of them. */
export function openBucket(options: S3BucketOptions): CallS3 {
  const limit = new Limit(options.maxConcurrency ?? 32);
  const attempts = options.attempts ?? { retries: 4 };
  let made: Promise<S3Calls> | undefined;
  return (action, call) => {
    made ??= makeClient(options);
    const client = made;
    return limit.run(() => attemptS3(action, async () => call(await client), attempts));
  };
}

async function makeClient(options: S3BucketOptions): Promise<S3Calls> {
  const { S3Calls } = await import('./clients/s3-calls.ts');
  return new S3Calls(callConfig({ timeoutMs: 20_000, ...options }));
}

const surelyUndone: readonly S3FailureKind[] = ['conflict', 'clock'];

async function attemptS3<Value>(
  action: string,
  call: () => Promise<Value>,
  attempts: Attempts,
): Promise<S3Outcome<Value>> {
  let unsure = false;
  for (let tried = 0; ; tried += 1) {
    const outcome = await once(action, call);
    if (outcome.ok) return outcome;
    if (tried >= attempts.retries || !mayPassOnS3(outcome.failure)) return { ...outcome, unsure };
    unsure ||= !surelyUndone.includes(outcome.failure.kind);
    await sleep(pauseAfter(tried, attempts));
  }
}

async function once<Value>(
  action: string,
  call: () => Promise<Value>,
): Promise<{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: S3Failure }> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: s3FailureOf(error, action) };
  }
}
