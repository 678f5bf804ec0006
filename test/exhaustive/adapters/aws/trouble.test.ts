import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAwsDataKeys } from '../../../../shared/adapters/aws/data-keys.ts';
import { createAwsKeyFiles } from '../../../../shared/adapters/aws/key-files.ts';
import { createAwsStores } from '../../../../shared/adapters/aws/open-aws-store.ts';
import type { AwsOptions } from '../../../../shared/adapters/aws/sessions.ts';
import type { AwsStore } from '../../../../shared/model/aws-store.ts';
import { conceal } from '../../../contract/secret-provider.ts';
import { accessWith, awsStore } from '../../../support/aws/aws-beds.ts';
import { failureOf } from '../../../support/failure-of.ts';

const canary = 'c4n4ry-value';
const keys = { accessKeyId: 'AKIA-c4n4ry', secretAccessKey: `${canary}-key` };
const own = async (): Promise<typeof keys> => keys;
const ref = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
const quick: AwsOptions = { conceal, timeoutMs: 150, keepMs: 0, defaultCredentials: own };

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  delete process.env['AWS_ENDPOINT_URL'];
});

/** An endpoint for all of AWS; without an answer, it never gives one. */
async function serve(answer?: {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}): Promise<void> {
  server = createServer((_, response) => {
    if (answer === undefined) return;
    response.writeHead(answer.status, {
      'x-amzn-errortype': answer.type ?? '',
      'content-type': 'application/x-amz-json-1.1',
    });
    response.end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Everything that goes wrong, over every way to AWS. */
async function allFailures(): Promise<readonly unknown[]> {
  const retry = { retries: 0 };
  const retried = { retries: 1, intervalMs: 1 };
  const outcomes: unknown[] = [];
  for (const service of ['SecretsManager', 'ParameterStore'] as const) {
    const provider = await createAwsStores(quick).open(
      storeOf(service, { retry: { ...retry, intervalMs: 1 } }),
      accessWith(keys),
    );
    outcomes.push(await provider.read({ key: 'a' }));
    outcomes.push(...(await Promise.all(['b', 'c'].map((key) => provider.read({ key })))));
    outcomes.push(await provider.read({ key: 'a', metadata: true }), await provider.read({ key: 'a', version: '1' }));
    outcomes.push(await failureOf(provider.find({ matches: () => true })));
    outcomes.push(await failureOf(provider.find({ tags: { a: 'b' } })));
  }
  const stores = createAwsStores(quick);
  const withRole = storeOf('SecretsManager', { retry: retried }, { role: 'arn:aws:iam::1:role/one' });
  outcomes.push(await failureOf(stores.open(withRole, accessWith(keys))));
  return outcomes;
}

function storeOf(
  service: AwsStore['service'],
  more: { readonly retry: { readonly retries: number; readonly intervalMs: number } },
  provider: Partial<AwsStore> = {},
): Parameters<ReturnType<typeof createAwsStores>['open']>[0] {
  return { ref, conditions: [], provider: awsStore(service, provider), ...more };
}

function errorsOf(outcomes: readonly unknown[]): readonly { readonly code?: string; readonly hint?: string }[] {
  return outcomes.map((outcome) => (outcome as { readonly error?: object }).error ?? (outcome as object));
}

describe('whatever AWS answers', () => {
  it.each([
    [
      'a denial that quotes the key',
      { status: 400, type: 'AccessDeniedException', body: `{"message":"${canary} ${keys.accessKeyId}"}` },
    ],
    [
      'credentials that are not believed',
      { status: 403, type: 'UnrecognizedClientException', body: `{"message":"${canary}"}` },
    ],
    ['an error of its own', { status: 500, type: 'InternalServiceError', body: `{"message":"${canary}"}` }],
    ['an error that nobody knows', { status: 418, type: `C4n4ry${canary}`, body: `{"message":"${canary}"}` }],
    ['something that is no JSON', { status: 200, body: `{"SecretString": "${canary}` }],
    ['a page of a proxy', { status: 502, body: `<html>${canary}</html>` }],
  ])('nothing of it is in an error: %s', async (_, answer) => {
    await serve(answer);
    const outcomes = await allFailures();
    const shown = inspect(outcomes, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
    expect(shown).not.toMatch(/c4n4ry/i);
    expect(JSON.stringify(outcomes)).not.toMatch(/c4n4ry/i);
    for (const error of errorsOf(outcomes)) {
      expect(error).toMatchObject({
        name: 'SecretError',
        code: expect.stringMatching(/^secret-/),
        hint: expect.any(String),
      });
    }
  });

  it('an endpoint that never answers is unreachable, within the time-out', async () => {
    await serve();
    const before = Date.now();
    const provider = await createAwsStores(quick).open(
      storeOf('SecretsManager', { retry: { retries: 1, intervalMs: 1 } }),
      accessWith(keys),
    );
    expect(await provider.read({ key: 'a' })).toMatchObject({
      state: 'failed',
      error: {
        code: 'secret-unreachable',
        retryable: true,
        message:
          'SecretStore shop/aws: cannot read "a": AWS does not answer secretsmanager:GetSecretValue in us-east-1',
      },
    });
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  it('a KMS key and a source of keys that are denied are named', async () => {
    await serve({ status: 400, type: 'AccessDeniedException', body: `{"message":"${canary}"}` });
    const keyArn = 'arn:aws:kms:eu-west-1:1:key/abc';
    const kms = await failureOf(
      createAwsDataKeys(quick).decrypt({ keyArn, context: {}, ciphertext: Buffer.from(canary) }),
    );
    expect(kms).toMatchObject({
      code: 'secret-denied',
      message: `KMS key ${keyArn}: cannot decrypt a data key: AWS denies kms:Decrypt`,
    });
    const source = { type: 'secrets-manager', name: 'sealing', region: 'us-east-1' } as const;
    const read = await failureOf(createAwsKeyFiles(quick).read(source));
    expect(read).toMatchObject({
      code: 'secret-denied',
      message:
        'keys in Secrets Manager sealing (us-east-1): cannot list its secrets: AWS denies secretsmanager:ListSecrets',
    });
    const file = { name: 'key', content: conceal(Buffer.from(canary)) };
    const add = await failureOf(createAwsKeyFiles(quick).add(source, file));
    expect(add).toMatchObject({ code: 'secret-denied', message: expect.stringContaining('cannot add "sealing"') });
    expect(inspect([kms, read, add], { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('c4n4ry');
  });

  it('a KMS key that is none is refused before anything is asked', async () => {
    const wanted = { keyArn: 'alias/mine', context: {}, ciphertext: new Uint8Array() };
    expect(await failureOf(createAwsDataKeys(quick).decrypt(wanted))).toMatchObject({ code: 'secret-invalid' });
  });
});

describe('Plumbline without credentials', () => {
  it('says so before anything is read', async () => {
    const nobody = async (): Promise<never> => {
      throw Object.assign(new Error(canary), { name: 'CredentialsProviderError' });
    };
    const { auth: _, ...provider } = awsStore('SecretsManager');
    const stores = createAwsStores({ ...quick, defaultCredentials: nobody });
    const error = await failureOf(stores.open({ ref, conditions: [], provider }, accessWith(keys)));
    expect(error).toMatchObject({
      code: 'secret-denied',
      message: expect.stringContaining('there are no AWS credentials'),
    });
    expect(inspect(error)).not.toContain('c4n4ry');
  });
});
