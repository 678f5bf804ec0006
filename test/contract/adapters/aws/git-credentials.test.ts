import { generateKeyPairSync } from 'node:crypto';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGitCredentials } from '../../../../shared/adapters/aws/git-credentials.ts';
import { createSecretTexts } from '../../../../shared/adapters/aws/read-secret-text.ts';
import { createInstallationTokens } from '../../../../shared/adapters/github/installation-tokens.ts';
import { type Emulator, startEmulator } from '../../../support/aws/start-emulator.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { startGithubApp } from '../../../support/github-app.ts';
import { startGitHostBed } from '../../git-host-bed.ts';

let emulator: Emulator;
let secrets: SecretsManager;
beforeAll(async () => {
  emulator = await startEmulator();
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  const { region, credentials, endpoint } = emulator;
  secrets = new SecretsManager({ region, credentials, endpoint });
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  secrets.destroy();
  await emulator.stop();
});

const calls = () => ({ credentials: async () => emulator.credentials, attempts: { retries: 0 } });

async function create(Name: string, SecretString: string): Promise<string> {
  return (await secrets.createSecret({ Name, SecretString })).ARN ?? '';
}

describe('a secret that is rotated', () => {
  it('has its old text beside the new one', async () => {
    const arn = await create('plumb/webhook', 'github one');
    const texts = createSecretTexts(calls());
    expect(await texts.readWithPrevious(arn)).toEqual(['github one']);
    await secrets.putSecretValue({ SecretId: arn, SecretString: 'github two' });
    expect(await texts.read(arn)).toBe('github one');
    texts.forget();
    expect(await texts.readWithPrevious(arn)).toEqual(['github two', 'github one']);
  });

  it('is an error when it is on its way to deletion', async () => {
    const arn = await create('plumb/gone', 'github one');
    await secrets.deleteSecret({ SecretId: arn });
    expect(await failureOf(createSecretTexts(calls()).read(arn))).toMatchObject({ code: 'secret-absent' });
  });
});

describe('a Git host whose credentials are in Secrets Manager', () => {
  it('is read with a token, also after that was rotated', async () => {
    const bed = await startGitHostBed();
    await bed.server.createRepository('team/app', { a: '1' }, { users: { 'x-access-token': 'two' } });
    const secret = await create('plumb/git', JSON.stringify({ token: 'one' }));
    const entries = [{ urlPrefix: bed.server.origin, secret }];
    const mint = (): Promise<never> => Promise.reject(new Error('no App'));
    const { credentialFor, forget } = createGitCredentials({ ...calls(), entries, mint });
    const host = await bed.host({ credentialFor });
    const list = () => host.listRefs(bed.server.url('team/app'), ['refs/heads/']);
    await expect(list()).rejects.toMatchObject({ code: 'git-unauthorized' });
    await secrets.putSecretValue({ SecretId: secret, SecretString: JSON.stringify({ token: 'two' }) });
    forget();
    expect(await list()).toHaveLength(1);
    await bed.stop();
  });

  it('is read as a GitHub App, whose errors name the secret and its field', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const github = await startGithubApp(privateKey);
    const tokens = createInstallationTokens({ timeoutMs: 2_000, retryDelayMs: 5 });
    const bed = await startGitHostBed();
    await bed.server.createRepository('team/app', { a: '1' }, { users: { 'x-access-token': 'ghs_c4n4ry1' } });
    const app = {
      appId: 7,
      installationId: 42,
      privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
      apiUrl: github.url,
    };
    const secret = await create('plumb/app', JSON.stringify(app));
    const credentials = createGitCredentials({
      ...calls(),
      entries: [{ urlPrefix: bed.server.origin, secret }],
      mint: tokens.mint,
    });
    const host = await bed.host({ credentialFor: credentials.credentialFor });
    const list = () => host.listRefs(bed.server.url('team/app'), ['refs/heads/']);
    expect(await list()).toHaveLength(1);
    expect(await list()).toHaveLength(1);
    expect(github.asked().map(({ body }) => body)).toEqual([{ permissions: { contents: 'read' } }]);
    await secrets.putSecretValue({ SecretId: secret, SecretString: JSON.stringify({ ...app, installationId: 43 }) });
    credentials.forget();
    await expect(list()).rejects.toMatchObject({
      code: 'git-unauthorized',
      message: expect.stringContaining(`Secret ${secret}: asking 127.0.0.1`),
      hint: expect.stringContaining('installationId'),
    });
    await tokens.close();
    await github.stop();
    await bed.stop();
  });
});
