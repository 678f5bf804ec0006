import type { BatchGetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import { failed } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { failureOf, isOfTheBatch, mayPass } from './aws-failure.ts';
import type { LoadBatch } from './batches.ts';
import { callConfig } from './call-options.ts';
import type { SecretsManagerCalls } from './clients/secrets-manager-calls.ts';
import type { AwsSession, ReadValue } from './sessions.ts';

const batchAction = 'secretsmanager:BatchGetSecretValue';
const readAction = 'secretsmanager:GetSecretValue';

/** What is used of a secret that came, whether in a batch or alone. */
export type SecretEntry = {
  readonly ARN?: string | undefined;
  readonly Name?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
  readonly CreatedDate?: Date | undefined;
};

/** The client of a session. */
export function secretsManagerOf(session: AwsSession): Promise<SecretsManagerCalls> {
  return session.once('secrets-manager-client', async () => {
    const { SecretsManagerCalls } = await import('./clients/secrets-manager-calls.ts');
    return new SecretsManagerCalls(callConfig(session));
  });
}

/** The value of an entry: its text, else its bytes. Its version is written as an ExternalSecret asks for it. */
export function toValue(entry: SecretEntry, session: AwsSession): Outcome<ReadValue> {
  const { SecretString, SecretBinary, VersionId = '', CreatedDate } = entry;
  const bytes = SecretString === undefined ? SecretBinary : Buffer.from(SecretString);
  if (bytes === undefined) return failed('empty', readAction);
  return {
    ok: true,
    value: {
      value: session.conceal(bytes),
      version: VersionId === '' ? '' : `uuid/${VersionId}`,
      ...(CreatedDate === undefined ? {} : { changedAt: CreatedDate.toISOString() }),
    },
  };
}

/**
 * Reads current values by BatchGetSecretValue. Where that right is missing, as in policies written for External Secrets, or
 * the batch as a whole is taken for wrong, nothing is answered, so that each key is read on its own and has its own answer.
 */
export function loadSecrets(session: AwsSession): LoadBatch<ReadValue> {
  let mayBatch = true;
  return async (keys) => {
    if (!mayBatch) return new Map();
    const outcome = await fetchBatch(session, keys);
    if (outcome.ok) return sortByKey(keys, outcome.value, session);
    if (outcome.failure.kind === 'denied') mayBatch = false;
    return isOfTheBatch(outcome.failure) ? new Map() : new Map(keys.map((key) => [key, outcome]));
  };
}

type Batch = {
  readonly entries: readonly SecretEntry[];
  readonly errors: NonNullable<BatchGetSecretValueCommandOutput['Errors']>;
};

async function fetchBatch(session: AwsSession, keys: readonly string[]): Promise<Outcome<Batch>> {
  const client = await secretsManagerOf(session);
  const entries: SecretEntry[] = [];
  const errors: Batch['errors'] = [];
  for (let next: string | undefined; ; ) {
    const page = { SecretIdList: [...keys], ...(next === undefined ? {} : { NextToken: next }) };
    const answer = await attempt(batchAction, () => client.batchGetSecretValue(page), session.attempts);
    if (!answer.ok) return answer;
    entries.push(...(answer.value.SecretValues ?? []));
    errors.push(...(answer.value.Errors ?? []));
    next = answer.value.NextToken;
    if (next === undefined) return { ok: true, value: { entries, errors } };
  }
}

/** An error that may pass is no answer yet. */
function sortByKey(
  keys: readonly string[],
  { entries, errors }: Batch,
  session: AwsSession,
): ReadonlyMap<string, Outcome<ReadValue>> {
  const answers = new Map<string, Outcome<ReadValue>>();
  for (const { SecretId = '', ErrorCode = '', Message = '' } of errors) {
    const failure = failureOf({ name: ErrorCode, message: Message, status: 400 }, readAction);
    if (!mayPass(failure)) answers.set(SecretId, { ok: false, failure });
  }
  const byName = new Map(entries.flatMap((entry) => namesOf(entry).map((name) => [name, entry] as const)));
  for (const key of keys) {
    const entry = byName.get(key);
    if (entry !== undefined) answers.set(key, toValue(entry, session));
  }
  return answers;
}

/** A secret may be asked for by its name, its ARN, or its ARN without the random end. */
function namesOf({ Name, ARN }: SecretEntry): readonly string[] {
  return [Name, ARN, ARN?.replace(/-[A-Za-z0-9]{6}$/, '')].filter((name) => name !== undefined);
}
