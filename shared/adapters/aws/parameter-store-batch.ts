import type { Parameter } from '@aws-sdk/client-ssm';
import { failed } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { isOfTheBatch } from './aws-failure.ts';
import type { LoadBatch } from './batches.ts';
import { callConfig } from './call-options.ts';
import type { ParameterStoreCalls } from './clients/parameter-store-calls.ts';
import type { AwsSession, ReadValue } from './sessions.ts';

const batchAction = 'ssm:GetParameters';

/** The client of a session. */
export function parameterStoreOf(session: AwsSession): Promise<ParameterStoreCalls> {
  return session.once('parameter-store-client', async () => {
    const { ParameterStoreCalls } = await import('./clients/parameter-store-calls.ts');
    return new ParameterStoreCalls(callConfig(session));
  });
}

/** The value of a parameter, decrypted. */
export function toValue({ Value, Version, LastModifiedDate }: Parameter, session: AwsSession): Outcome<ReadValue> {
  if (Value === undefined) return failed('empty', batchAction);
  return {
    ok: true,
    value: {
      value: session.conceal(Buffer.from(Value)),
      version: Version === undefined ? '' : `${Version}`,
      ...(LastModifiedDate === undefined ? {} : { changedAt: LastModifiedDate.toISOString() }),
    },
  };
}

/** Reads parameters by GetParameters. One that may not be read spoils its whole batch, which is then read one by one. */
export function loadParameters(session: AwsSession): LoadBatch<ReadValue> {
  return async (names) => {
    const client = await parameterStoreOf(session);
    const input = { Names: [...names], WithDecryption: true };
    const outcome = await attempt(batchAction, () => client.getParameters(input), session.attempts);
    if (!outcome.ok) return isOfTheBatch(outcome.failure) ? new Map() : new Map(names.map((name) => [name, outcome]));
    const { Parameters = [], InvalidParameters = [] } = outcome.value;
    const answers = new Map<string, Outcome<ReadValue>>(
      InvalidParameters.map((name) => [name, failed('absent', batchAction)] as const),
    );
    for (const name of names) {
      const parameter = Parameters.find((one) => namesOf(one).includes(name));
      if (parameter !== undefined) answers.set(name, toValue(parameter, session));
    }
    return answers;
  };
}

/** What was asked for may be a name or an ARN, with a version or a label behind a colon or without. */
function namesOf({ Name = '', ARN, Selector = '' }: Parameter): readonly string[] {
  return [`${Name}${Selector}`, `${ARN ?? Name}${Selector}`];
}
