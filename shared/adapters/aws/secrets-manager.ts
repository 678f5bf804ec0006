import type { SecretAddress } from '../../secret-ports.ts';
import { failed, tagsJson } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { createBatches } from './batches.ts';
import { loadSecrets, secretsManagerOf, toValue } from './secrets-manager-batch.ts';
import type { AwsSession, ReadValue } from './sessions.ts';

const batchSize = 20;
const currentStage = 'AWSCURRENT';
const readAction = 'secretsmanager:GetSecretValue';
const describeAction = 'secretsmanager:DescribeSecret';

/** Reads Secrets Manager with one identity: current values in batches, everything else on its own; equal reads once. */
export function readSecrets(session: AwsSession): (address: SecretAddress) => Promise<Outcome<ReadValue>> {
  return session.once('secrets-manager', () => {
    const readCurrent = createBatches<ReadValue>({
      size: batchSize,
      limit: session.limit,
      load: loadSecrets(session),
      loadOne: (key) => getValue(session, { SecretId: key }),
    });
    return ({ key, version = currentStage, metadata = false }) =>
      session.reads.read(JSON.stringify(['secret', key, version, metadata]), () => {
        if (metadata) return session.limit.run(() => describe(session, key));
        if (version === currentStage) return readCurrent(key);
        return session.limit.run(() => getValue(session, { SecretId: key, ...selector(version) }));
      });
  });
}

/** `uuid/<id>` is a version, anything else the label of a stage. */
function selector(version: string): { readonly VersionId: string } | { readonly VersionStage: string } {
  return version.startsWith('uuid/') ? { VersionId: version.slice('uuid/'.length) } : { VersionStage: version };
}

async function getValue(
  session: AwsSession,
  input: { readonly SecretId: string; readonly VersionId?: string; readonly VersionStage?: string },
): Promise<Outcome<ReadValue>> {
  const client = await secretsManagerOf(session);
  const answer = await attempt(readAction, () => client.getSecretValue(input), session.attempts);
  return answer.ok ? toValue(answer.value, session) : answer;
}

async function describe(session: AwsSession, key: string): Promise<Outcome<ReadValue>> {
  const client = await secretsManagerOf(session);
  const answer = await attempt(describeAction, () => client.describeSecret({ SecretId: key }), session.attempts);
  if (!answer.ok) return answer;
  const { Tags = [], DeletedDate, LastChangedDate } = answer.value;
  if (DeletedDate !== undefined) return failed('absent', describeAction);
  return {
    ok: true,
    value: {
      value: session.conceal(tagsJson(Tags)),
      version: '',
      ...(LastChangedDate === undefined ? {} : { changedAt: LastChangedDate.toISOString() }),
    },
  };
}
