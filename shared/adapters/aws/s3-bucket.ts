import { setTimeout as sleep } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { Limit } from '../limit.ts';
import { type Attempts, pauseAfter } from './attempt.ts';
import { type CredentialSource, clientConfig } from './aws-clients.ts';
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
export type S3Calls = <Value>(action: string, call: (client: S3) => Promise<Value>) => Promise<S3Outcome<Value>>;

/** Calls by a client that is made at the first of them. */
export function createS3Calls(options: S3BucketOptions): S3Calls {
  const limit = new Limit(options.maxConcurrency ?? 32);
  const attempts = options.attempts ?? { retries: 4 };
  let made: Promise<S3> | undefined;
  return (action, call) => {
    made ??= makeClient(options);
    const client = made;
    return limit.run(() => attemptS3(action, async () => call(await client), attempts));
  };
}

async function makeClient({ region, credentials, timeoutMs = 20_000 }: S3BucketOptions): Promise<S3> {
  const sdk = await import('@aws-sdk/client-s3');
  return new sdk.S3({
    ...clientConfig(timeoutMs),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
  });
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
