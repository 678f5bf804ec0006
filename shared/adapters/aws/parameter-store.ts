import type { SecretAddress } from '../../secret-ports.ts';
import { failed, tagsJson } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { createBatches } from './batches.ts';
import { loadParameters, parameterStoreOf, toValue } from './parameter-store-batch.ts';
import type { AwsSession, ReadValue } from './sessions.ts';

const batchSize = 10;
const readAction = 'ssm:GetParameter';

/** Reads Parameter Store with one identity: values in batches, tags on their own; equal reads once. */
export function readParameters(session: AwsSession): (address: SecretAddress) => Promise<Outcome<ReadValue>> {
  return session.once('parameter-store', () => {
    const readValue = createBatches<ReadValue>({
      size: batchSize,
      limit: session.limit,
      load: loadParameters(session),
      loadOne: (name) => getParameter(session, name),
    });
    return ({ key, version, metadata = false }) => {
      // A version, or the label of one.
      const name = version === undefined ? key : `${key}:${version}`;
      return session.reads.read(JSON.stringify(['parameter', name, metadata]), () =>
        metadata ? session.limit.run(() => readTags(session, key)) : readValue(name),
      );
    };
  });
}

async function getParameter(session: AwsSession, name: string): Promise<Outcome<ReadValue>> {
  const client = await parameterStoreOf(session);
  const input = { Name: name, WithDecryption: true };
  const answer = await attempt(readAction, () => client.getParameter(input), session.attempts);
  if (!answer.ok) return answer;
  return answer.value.Parameter === undefined ? failed('absent', readAction) : toValue(answer.value.Parameter, session);
}

async function readTags(session: AwsSession, name: string): Promise<Outcome<ReadValue>> {
  const client = await parameterStoreOf(session);
  const input = { ResourceType: 'Parameter', ResourceId: name } as const;
  const answer = await attempt('ssm:ListTagsForResource', () => client.listTagsForResource(input), session.attempts);
  if (!answer.ok) return answer;
  return { ok: true, value: { value: session.conceal(tagsJson(answer.value.TagList ?? [])), version: '' } };
}
