import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createSecretTexts, type SecretTexts } from '../../../../shared/adapters/aws/read-secret-text.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(SecretsManagerClient);
const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:plumb/webhook-AbCdEf';
const minute = 60_000;
const hour = 60 * minute;

let now = Date.parse('2026-11-26T10:00:00Z');
let texts: SecretTexts;
beforeEach(() => {
  mock.reset();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  texts = createSecretTexts(testCalls());
});
afterEach(() => void jest.restoreAllMocks());

const asked = (): readonly (string | undefined)[] =>
  mock.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input.VersionStage);

/** The secret as it is, with the version before it. */
function have(current: string, previous?: string, changedAt = now): void {
  mock.on(GetSecretValueCommand).callsFake(({ VersionStage }) => {
    if (VersionStage === 'AWSCURRENT') return { SecretString: current, CreatedDate: new Date(changedAt) };
    if (previous === undefined) throw awsTrouble('ResourceNotFoundException', 400);
    return { SecretString: previous, CreatedDate: new Date(changedAt - 99 * hour) };
  });
}

describe('the text of a secret', () => {
  it('is read by its ARN, once for all who ask within a minute', async () => {
    have('github c4n4ry');
    expect(await Promise.all([texts.read(arn), texts.read(arn)])).toEqual(['github c4n4ry', 'github c4n4ry']);
    now += minute - 1;
    await texts.read(arn);
    expect(asked()).toEqual(['AWSCURRENT']);
    expect(mock.commandCalls(GetSecretValueCommand)[0]?.args[0].input.SecretId).toBe(arn);
    now += 1;
    await texts.read(arn);
    expect(asked()).toHaveLength(2);
  });

  it('is read anew when the one from before is to be forgotten', async () => {
    have('one', 'zero');
    await texts.readWithPrevious(arn);
    have('two', 'one');
    texts.forget();
    expect(await texts.readWithPrevious(arn)).toEqual(['two', 'one']);
  });

  it('may be in bytes', async () => {
    mock.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from('ü') });
    expect(await texts.read(arn)).toBe('ü');
  });
});

describe('the text that was replaced', () => {
  it('is good for a day, as others may not have changed to the new one', async () => {
    have('new', 'old');
    expect(await texts.readWithPrevious(arn)).toEqual(['new', 'old']);
    now += 24 * hour + 1;
    expect(await texts.readWithPrevious(arn)).toEqual(['new']);
    expect(asked()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'AWSCURRENT']);
  });

  it('is none where nothing was ever changed, or changed to the same', async () => {
    have('new');
    expect(await texts.readWithPrevious(arn)).toEqual(['new']);
    texts.forget();
    have('new', 'new');
    expect(await texts.readWithPrevious(arn)).toEqual(['new']);
  });

  it('is an error when it cannot be read: it may be the one that is in use', async () => {
    have('new', 'old');
    mock.on(GetSecretValueCommand, { SecretId: arn, VersionStage: 'AWSPREVIOUS' }).rejects(awsTrouble('Denied', 403));
    expect(await failureOf(texts.readWithPrevious(arn))).toMatchObject({ code: 'secret-denied' });
  });
});

describe('a secret that cannot be read', () => {
  it.each([
    ['is throttled', 'ThrottlingException', 'secret-unreachable', 4],
    ['is not there', 'ResourceNotFoundException', 'secret-absent', 1],
    ['is denied', 'AccessDeniedException', 'secret-denied', 1],
  ])('as it %s is an error that names it', async (_, name, code, times) => {
    mock.on(GetSecretValueCommand).rejects(awsTrouble(name, 400));
    const error = await failureOf(texts.read(arn));
    expect(error).toMatchObject({ code, message: expect.stringContaining(`Secret ${arn}: cannot read its text`) });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
    expect(asked()).toHaveLength(times);
  });

  it('as a right is missing says whose, and to whom', async () => {
    mock.on(GetSecretValueCommand).rejects(awsTrouble('AccessDeniedException', 400));
    expect((await failureOf(texts.read(arn))).hint).toBe(
      "Allow secretsmanager:GetSecretValue on it, or with its KMS key, to Plumbline's role.",
    );
  });

  it('is asked for again at once by who comes later', async () => {
    mock
      .on(GetSecretValueCommand)
      .rejectsOnce(awsTrouble('AccessDeniedException', 400))
      .resolves({ SecretString: 'x' });
    await failureOf(texts.read(arn));
    expect(await texts.read(arn)).toBe('x');
  });

  it('as it is empty is an error', async () => {
    mock.on(GetSecretValueCommand).resolves({});
    expect(await failureOf(texts.read(arn))).toMatchObject({ code: 'secret-invalid' });
  });

  it('as its name is no ARN, and may be the secret itself, is not named', async () => {
    const error = await failureOf(texts.read('github c4n4ry'));
    expect(error).toMatchObject({ code: 'secret-invalid', hint: expect.stringContaining('arn:aws:secretsmanager') });
    expect(inspect(error)).not.toContain('c4n4ry');
  });
});
