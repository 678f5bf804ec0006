import { SecretError } from '../../errors.ts';
import { attempt, usualAttempts } from './attempt.ts';
import type { CallOptions } from './call-options.ts';
import type { SecretsManagerCalls } from './clients/secrets-manager-calls.ts';
import { createKeptValues } from './kept-values.ts';
import { createRegionalClients } from './regional-clients.ts';
import { secretErrorOf } from './store-error.ts';

export type SecretTextOptions = Omit<CallOptions, 'region'> & {
  /** How long a text is used before it is read again; default: a minute. */
  readonly keepMs?: number;
  /** How long after a change the text from before is good too; default: a day. */
  readonly previousForMs?: number;
};

/** Texts of secrets in Secrets Manager, by ARN. SecretError where there is none, or none that may be read. */
export type SecretTexts = {
  read(arn: string): Promise<string>;
  /** The text, and behind it the one that it has replaced not long ago: others may not have changed to it yet. */
  readWithPrevious(arn: string): Promise<readonly string[]>;
  /** What was read before is not used again. */
  forget(): void;
};

type Version = { readonly text: string; readonly madeAt: number };

const action = 'secretsmanager:GetSecretValue';
const dayMs = 24 * 3_600_000;

/** Reads secrets of Plumbline itself. A text stays in memory. */
export function createSecretTexts(options: SecretTextOptions = {}): SecretTexts {
  const { keepMs = 60_000, previousForMs = dayMs } = options;
  const clientIn = createRegionalClients(
    options,
    async (config) => new (await import('./clients/secrets-manager-calls.ts')).SecretsManagerCalls(config),
  );
  const reader: Reader = { ...options, clientIn };
  const current = createKeptValues(keepMs, (arn) => readCurrent(arn, reader));
  const previous = createKeptValues(keepMs, (arn) => readStage(arn, 'AWSPREVIOUS', reader));
  return {
    read: async (arn) => (await current.get(arn)).text,
    readWithPrevious: async (arn) => {
      const { text, madeAt } = await current.get(arn);
      // One that was changed as it had leaked must not stay good.
      const before = Date.now() - madeAt > previousForMs ? undefined : await previous.get(arn);
      return before === undefined || before.text === text ? [text] : [text, before.text];
    },
    forget: () => {
      current.forget();
      previous.forget();
    },
  };
}

type Reader = CallOptions & { readonly clientIn: (region: string) => Promise<SecretsManagerCalls> };

async function readCurrent(arn: string, reader: Reader): Promise<Version> {
  const version = await readStage(arn, 'AWSCURRENT', reader);
  if (version !== undefined) return version;
  throw secretErrorOf({ kind: 'absent', action }, subjectOf(arn));
}

/** Undefined where there is no such secret, or no such version of it. */
async function readStage(
  arn: string,
  VersionStage: string,
  { clientIn, attempts = usualAttempts }: Reader,
): Promise<Version | undefined> {
  const subject = subjectOf(arn);
  const client = await clientIn(subject.region);
  const outcome = await attempt(action, () => client.getSecretValue({ SecretId: arn, VersionStage }), attempts);
  if (!outcome.ok && outcome.failure.kind === 'absent') return undefined;
  if (!outcome.ok) throw secretErrorOf(outcome.failure, subject);
  const { SecretString, SecretBinary, CreatedDate } = outcome.value;
  const text = SecretString ?? (SecretBinary === undefined ? '' : Buffer.from(SecretBinary).toString());
  if (text === '') throw secretErrorOf({ kind: 'empty', action }, subject);
  return { text, madeAt: CreatedDate?.getTime() ?? Date.now() };
}

type SecretSubject = Parameters<typeof secretErrorOf>[1];

function subjectOf(arn: string): SecretSubject {
  const [, region] = /^arn:aws[\w-]*:secretsmanager:([\w-]+):\d{12}:secret:[\w/+=.@-]+$/.exec(arn) ?? [];
  if (region !== undefined) return { object: `Secret ${arn}`, tried: 'read its text', region, who: "Plumbline's role" };
  // What stands in place of the name may be the secret itself, so it is not quoted.
  throw new SecretError('secret-invalid', 'A secret is named by something that is not its ARN', {
    hint: 'Name it as arn:aws:secretsmanager:<region>:<account>:secret:<name>.',
  });
}
