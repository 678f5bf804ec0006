import { randomUUID } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import { plainIdentity } from '../../model/aws-store.ts';
import { revealSecret } from '../../model/secret-value.ts';
import type { KeySource } from '../../model/secrets-config.ts';
import type { KeyFile, KeyFiles } from '../../secret-ports.ts';
import { attempt } from './attempt.ts';
import { readSecrets } from './secrets-manager.ts';
import { secretsManagerOf } from './secrets-manager-batch.ts';
import { findSecretNames } from './secrets-manager-find.ts';
import { type AwsOptions, type AwsSession, type AwsSessions, createAwsSessions } from './sessions.ts';
import { secretErrorOf } from './store-error.ts';

/** A source in Secrets Manager: the secret of that name, and all below `<name>/`. */
export type KeysInSecretsManager = KeySource & { readonly type: 'secrets-manager' };

/** Key files in Secrets Manager: each secret is one file, named as it is. A source without any has no files. */
export function createAwsKeyFiles(options: AwsOptions): {
  read(source: KeysInSecretsManager): ReturnType<KeyFiles['read']>;
  add(source: KeysInSecretsManager, file: KeyFile): Promise<void>;
} {
  // A key that was just added has to be seen.
  const sessions = createAwsSessions({ ...options, keepMs: 0 });
  return {
    read: async (source) => readFiles(await openSource(sessions, source), source),
    add: async (source, file) => addFile(await openSource(sessions, source), source, file),
  };
}

function openSource(sessions: AwsSessions, source: KeysInSecretsManager): Promise<AwsSession> {
  const identity = plainIdentity(source.region);
  const asker = { namespace: 'keys', store: { kind: 'KeySource', namespace: 'keys', name: source.name } };
  return sessions.open({ identity, asker, object: nameOf(source) });
}

async function readFiles(session: AwsSession, source: KeysInSecretsManager): Promise<readonly KeyFile[]> {
  const object = nameOf(source);
  const { name, region } = source;
  const listed = await findSecretNames(session, { path: name, matches: (found) => isPart(found, name) });
  if (!listed.ok) throw secretErrorOf(listed.failure, { object, tried: 'list its secrets', region });
  const read = readSecrets(session);
  const files = [...listed.value].sort().map(async (key): Promise<readonly KeyFile[]> => {
    const outcome = await read({ key });
    if (outcome.ok) return [{ name: key, content: outcome.value.value }];
    if (outcome.failure.kind === 'absent') return [];
    throw secretErrorOf(outcome.failure, { object, tried: `read "${key}"`, region });
  });
  return (await Promise.all(files)).flat();
}

function isPart(found: string, name: string): boolean {
  return found === name || found.startsWith(`${name}/`);
}

async function addFile(session: AwsSession, source: KeysInSecretsManager, file: KeyFile): Promise<void> {
  const object = nameOf(source);
  const below = `${source.name}/${file.name.replace(/[^\w/+=.@-]/g, '-')}`;
  for (const name of [source.name, below]) if (await create(session, { name, source, file })) return;
  throw new SecretError('secret-refused', `${object}: cannot add "${below}": there is one of that name already`, {
    object,
    hint: 'Give the file another name; keys that are in use are never replaced.',
  });
}

type Creation = { readonly name: string; readonly source: KeysInSecretsManager; readonly file: KeyFile };

/** False: there is one already, perhaps on its way to deletion. */
async function create(session: AwsSession, { name, source, file }: Creation): Promise<boolean> {
  const client = await secretsManagerOf(session);
  // One token for all attempts: a second one finds what the first has made.
  const input = {
    Name: name,
    ClientRequestToken: randomUUID(),
    SecretString: Buffer.from(revealSecret(file.content)).toString(),
  };
  const make = async (): Promise<boolean> => {
    try {
      await client.createSecret(input);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceExistsException') return false;
      throw error;
    }
  };
  const outcome = await attempt('secretsmanager:CreateSecret', make, session.attempts);
  if (outcome.ok) return outcome.value;
  if (outcome.failure.kind === 'absent') return false;
  throw secretErrorOf(outcome.failure, { object: nameOf(source), tried: `add "${name}"`, region: source.region });
}

function nameOf({ name, region }: KeysInSecretsManager): string {
  return `keys in Secrets Manager ${name} (${region})`;
}
