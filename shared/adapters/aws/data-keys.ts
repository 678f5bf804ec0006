import { SecretError } from '../../errors.ts';
import { plainIdentity } from '../../model/aws-store.ts';
import type { DataKeys } from '../../secret-ports.ts';
import { attempt } from './attempt.ts';
import { callConfig } from './call-options.ts';
import type { KmsCalls } from './clients/kms-calls.ts';
import { type AwsOptions, type AwsSession, createAwsSessions } from './sessions.ts';
import { secretErrorOf } from './store-error.ts';

const action = 'kms:Decrypt';

/** Data keys that a key of AWS KMS opens, in the key's own region. */
export function createAwsDataKeys(options: AwsOptions): DataKeys {
  const sessions = createAwsSessions(options);
  return {
    decrypt: async ({ keyArn, role, context, ciphertext }) => {
      const object = `KMS key ${keyArn}`;
      const region = regionOf(keyArn, object);
      const identity = {
        ...plainIdentity(region),
        ...(role === undefined ? {} : { role }),
      };
      const asker = {
        namespace: 'sops',
        store: { kind: 'KMS', namespace: 'sops', name: keyArn.split('/').at(-1) ?? '' },
      };
      const session = await sessions.open({ identity, asker, object });
      const client = await session.once('kms-client', () => openKms(session));
      const input = { KeyId: keyArn, CiphertextBlob: ciphertext, EncryptionContext: { ...context } };
      const answer = await session.limit.run(() => attempt(action, () => client.decrypt(input), session.attempts));
      if (!answer.ok) throw secretErrorOf(answer.failure, { object, tried: 'decrypt a data key', region });
      if (answer.value.Plaintext === undefined)
        throw new SecretError('secret-invalid', `${object}: AWS gave no data key`, { object });
      return session.conceal(answer.value.Plaintext);
    },
  };
}

async function openKms(session: AwsSession): Promise<KmsCalls> {
  const { KmsCalls } = await import('./clients/kms-calls.ts');
  return new KmsCalls(callConfig(session));
}

function regionOf(keyArn: string, object: string): string {
  const [arn, , service, region] = keyArn.split(':');
  if (arn === 'arn' && service === 'kms' && region) return region;
  throw new SecretError('secret-invalid', `${object}: it is not the ARN of a KMS key`, {
    object,
    hint: 'Name keys as arn:aws:kms:<region>:<account>:key/<id>.',
  });
}
