import {
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandInput,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { type AwsStores, createAwsStores } from '../../../../shared/adapters/aws/open-aws-store.ts';
import type { SecretAnswer, SecretProvider } from '../../../../shared/secret-ports.ts';
import { conceal, textOf } from '../../../contract/secret-provider.ts';
import { accessWith, awsStore, openStore } from '../../../support/aws/aws-beds.ts';

const mock = mockClient(SecretsManagerClient);
const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };

beforeEach(() => void mock.reset());
afterEach(() => void mock.reset());

/** Secrets Manager that has every secret; its value is its name. */
function haveAll(): void {
  mock.on(BatchGetSecretValueCommand).callsFake(({ SecretIdList = [] }: BatchGetSecretValueCommandInput) => ({
    SecretValues: SecretIdList.map((Name) => ({ Name, SecretString: Name, VersionId: `v-${Name}` })),
  }));
  mock.on(GetSecretValueCommand).callsFake(({ SecretId, VersionStage = '' }) => ({
    Name: SecretId,
    SecretString: `${SecretId}${VersionStage}`,
    VersionId: 'v',
  }));
}

function failure(name: string, status: number): Error {
  return Object.assign(new Error('c4n4ry'), { name, $metadata: { httpStatusCode: status } });
}

function stores(more: Partial<Parameters<typeof createAwsStores>[0]> = {}): AwsStores {
  return createAwsStores({ conceal, ...more });
}

function open(from: AwsStores = stores({ keepMs: 0 }), prefix = ''): Promise<SecretProvider> {
  return openStore(from, awsStore('SecretsManager', { prefix }), accessWith(keys));
}

function readAll(provider: SecretProvider, names: readonly string[]): Promise<readonly SecretAnswer[]> {
  return Promise.all(names.map((key) => provider.read({ key })));
}

const batchCalls = (): number => mock.commandCalls(BatchGetSecretValueCommand).length;
const singleCalls = (): number => mock.commandCalls(GetSecretValueCommand).length;

describe('the number of calls to Secrets Manager', () => {
  it('is ten for 500 ExternalSecrets of 40 namespaces with three references each over 200 secrets', async () => {
    haveAll();
    const shared = stores();
    const ref = { kind: 'ClusterSecretStore', namespace: '', name: 'aws' } as const;
    const store = { ref, conditions: [], provider: awsStore('SecretsManager') };
    const namespaces = Array.from({ length: 500 }, (_, index) => `team-${index % 40}`);
    const providers = await Promise.all(
      namespaces.map((namespace) => shared.open(store, accessWith(keys, { namespace }))),
    );
    const references = providers.flatMap((provider, index) =>
      [0, 1, 2].map((row) => ({ provider, key: `secret-${(index * 3 + row) % 200}` })),
    );
    const answers = await Promise.all(references.map(({ provider, key }) => provider.read({ key })));
    expect(answers.map(textOf)).toEqual(references.map(({ key }) => key));
    expect([batchCalls(), singleCalls()]).toEqual([10, 0]);
  });

  it('does not grow when others with the same rights ask for the same soon after', async () => {
    haveAll();
    const shared = stores({ keepMs: 60_000 });
    const names = ['a', 'b', 'c'];
    await readAll(await open(shared), names);
    await readAll(await open(shared), names);
    expect(batchCalls()).toBe(1);
    shared.forget();
    await readAll(await open(shared), names);
    expect(batchCalls()).toBe(2);
  });

  it('grows when somebody with other rights asks for the same', async () => {
    haveAll();
    const shared = stores({ keepMs: 60_000 });
    await readAll(await open(shared), ['a', 'b']);
    const other = accessWith({ ...keys, secretAccessKey: 'other' });
    await readAll(await openStore(shared, awsStore('SecretsManager'), other), ['a', 'b']);
    expect(batchCalls()).toBe(2);
  });

  it('is one for one secret, without the right to batches', async () => {
    haveAll();
    expect(textOf(await (await open()).read({ key: 'a' }))).toBe('a');
    expect([batchCalls(), singleCalls()]).toEqual([0, 1]);
  });
});

describe('what is asked of Secrets Manager', () => {
  it.each([
    ['uuid/1234', { VersionId: '1234' }],
    ['AWSPREVIOUS', { VersionStage: 'AWSPREVIOUS' }],
    ['mine', { VersionStage: 'mine' }],
  ])('is the version %s as External Secrets understands it', async (version, wanted) => {
    haveAll();
    await (await open()).read({ key: 'a', version });
    expect(mock.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({ SecretId: 'a', ...wanted });
  });

  it('is a name with the prefix of the store before it', async () => {
    haveAll();
    const [a, b] = await readAll(await open(undefined, 'shop/'), ['a', 'b']);
    expect([textOf(a), textOf(b)]).toEqual(['shop/a', 'shop/b']);
  });

  it('may be an ARN, whole or without its random end', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-Ab12Cd';
    mock.on(BatchGetSecretValueCommand).resolves({ SecretValues: [{ Name: 'shop', ARN: arn, SecretString: 'x' }] });
    const answers = await readAll(await open(), [arn, arn.slice(0, -7), 'shop']);
    expect(answers.map(textOf)).toEqual(['x', 'x', 'x']);
    expect(singleCalls()).toBe(0);
  });
});

describe('when not all goes well', () => {
  it('each item of a batch that has an error is told of on its own', async () => {
    mock.on(BatchGetSecretValueCommand).resolves({
      SecretValues: [{ Name: 'a', SecretString: 'x' }, { Name: 'empty' }],
      Errors: [
        { SecretId: 'absent', ErrorCode: 'ResourceNotFoundException', Message: 'c4n4ry' },
        { SecretId: 'gone', ErrorCode: 'InvalidRequestException', Message: 'because it was marked for deletion' },
        { SecretId: 'denied', ErrorCode: 'AccessDeniedException', Message: 'c4n4ry' },
        { SecretId: 'locked', ErrorCode: 'AccessDeniedException', Message: 'Access to KMS is not allowed' },
      ],
    });
    const answers = await readAll(await open(), ['a', 'empty', 'absent', 'gone', 'denied', 'locked']);
    expect(answers.map(summary)).toEqual([
      'found',
      'SecretStore shop/aws: cannot read "empty": it has neither text nor bytes',
      'absent',
      'absent',
      'SecretStore shop/aws: cannot read "denied": AWS denies secretsmanager:GetSecretValue',
      'SecretStore shop/aws: cannot read "locked": AWS denies kms:Decrypt',
    ]);
  });

  it('an item that a batch leaves out, or that was throttled in it, is read on its own', async () => {
    haveAll();
    mock.on(BatchGetSecretValueCommand).resolves({
      SecretValues: [],
      Errors: [{ SecretId: 'b', ErrorCode: 'ThrottlingException', Message: '' }],
    });
    expect((await readAll(await open(), ['a', 'b'])).map(textOf)).toEqual(['a', 'b']);
    expect([batchCalls(), singleCalls()]).toEqual([1, 2]);
  });

  it('a batch that comes in several pages is read to its end', async () => {
    mock
      .on(BatchGetSecretValueCommand)
      .resolvesOnce({ SecretValues: [{ Name: 'a', SecretString: 'a' }], NextToken: 'more' })
      .resolvesOnce({ SecretValues: [{ Name: 'b', SecretString: 'b' }] });
    expect((await readAll(await open(), ['a', 'b'])).map(textOf)).toEqual(['a', 'b']);
  });

  it('secrets are read one by one, and at once so, where only GetSecretValue is allowed', async () => {
    haveAll();
    mock.on(BatchGetSecretValueCommand).rejects(failure('AccessDeniedException', 400));
    const provider = await open();
    expect((await readAll(provider, ['a', 'b', 'c'])).map(textOf)).toEqual(['a', 'b', 'c']);
    expect((await readAll(provider, ['d', 'e'])).map(textOf)).toEqual(['d', 'e']);
    expect([batchCalls(), singleCalls()]).toEqual([1, 5]);
  });

  it('a name that AWS takes for wrong harms no other of its batch', async () => {
    mock.on(BatchGetSecretValueCommand).rejects(failure('ValidationException', 400));
    mock.on(GetSecretValueCommand, { SecretId: 'a' }).resolves({ SecretString: 'a' });
    mock.on(GetSecretValueCommand, { SecretId: 'b?' }).rejects(failure('ValidationException', 400));
    const [a, b] = await readAll(await open(), ['a', 'b?']);
    expect(textOf(a)).toBe('a');
    expect(b).toMatchObject({ state: 'failed', error: { code: 'secret-invalid' } });
  });

  it.each([
    ['throttled', failure('ThrottlingException', 400)],
    ['answered with an error of the server', failure('InternalServiceError', 500)],
    ['cut off', failure('TimeoutError', 0)],
    ['not connected', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ])('a call that is %s is made again', async (_, error) => {
    haveAll();
    mock.on(GetSecretValueCommand).rejectsOnce(error).resolves({ SecretString: 'x' });
    expect(textOf(await (await open()).read({ key: 'a' }))).toBe('x');
    expect(singleCalls()).toBe(2);
  });

  it('a call is made four times at most, or as often as the store says, and a denied one only once', async () => {
    const retry = { retries: 1, intervalMs: 1 };
    const ref = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
    const opened = stores({ keepMs: 0 });
    const provider = await opened.open(
      { ref, conditions: [], provider: awsStore('SecretsManager'), retry },
      accessWith(keys),
    );
    mock.on(GetSecretValueCommand).rejects(failure('ThrottlingException', 400));
    expect(await provider.read({ key: 'a' })).toMatchObject({
      error: { code: 'secret-unreachable', retryable: true },
    });
    expect(singleCalls()).toBe(2);
    mock.resetHistory();
    expect(await (await open()).read({ key: 'a' })).toMatchObject({ error: { code: 'secret-unreachable' } });
    expect(singleCalls()).toBe(4);
    mock.resetHistory();
    mock.on(GetSecretValueCommand).rejects(failure('AccessDeniedException', 400));
    expect(await provider.read({ key: 'a' })).toMatchObject({ error: { code: 'secret-denied', retryable: false } });
    expect(singleCalls()).toBe(1);
  });

  it('a failure is not kept for those who ask later', async () => {
    mock.on(GetSecretValueCommand).rejectsOnce(failure('AccessDeniedException', 400)).resolves({ SecretString: 'x' });
    const provider = await open(stores({ keepMs: 60_000 }));
    expect((await provider.read({ key: 'a' })).state).toBe('failed');
    expect(textOf(await provider.read({ key: 'a' }))).toBe('x');
  });
});

function summary(answer: SecretAnswer): string {
  return answer.state === 'failed' ? answer.error.message : answer.state;
}
