import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  createGitCredentials,
  type GitCredentials,
  type MintInstallationToken,
} from '../../../../shared/adapters/aws/git-credentials.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(SecretsManagerClient);
const minute = 60_000;
const start = Date.parse('2026-11-26T10:00:00Z');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const secretOf = (name: string): string => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;
const host = secretOf('host');
const team = secretOf('team');
const entries = [
  { urlPrefix: 'https://git.example', secret: host },
  { urlPrefix: 'https://git.example/team', secret: team },
];

let now: number;
let minted: Parameters<MintInstallationToken>[0][];
let credentials: GitCredentials;
beforeEach(() => {
  mock.reset();
  now = start;
  minted = [];
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  credentials = createGitCredentials({
    ...testCalls(),
    entries,
    mint: async (installation) => {
      minted.push(installation);
      return { token: `ghs_${minted.length}`, expiresAt: new Date(now + 60 * minute).toISOString() };
    },
  });
});
afterEach(() => void jest.restoreAllMocks());

function have(secret: string, value: unknown): void {
  const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
  mock.on(GetSecretValueCommand, { SecretId: secret }).resolves({ SecretString });
}

const reads = (): number => mock.commandCalls(GetSecretValueCommand).length;
const app = { appId: 7, installationId: '42', privateKey: pem };

describe('the credential for a repository', () => {
  it.each([
    ['https://git.example/other/app.git', 'host'],
    ['https://git.example/team/app.git', 'team'],
    ['https://GIT.example:443/team/app', 'team'],
    ['oci://git.example/team/charts', 'team'],
    ['git.example/team/charts', 'team'],
    ['https://git.example/teammates/app', 'host'],
    ['http://git.example/team/app', undefined],
    ['https://evil.example/team/app', undefined],
    ['git@git.example:team/app.git', undefined],
  ])('%s is that of the longest prefix: %s', async (repoURL, wanted) => {
    have(host, { token: 'host' });
    have(team, { token: 'team' });
    expect((await credentials.credentialFor(repoURL))?.password).toBe(wanted);
    expect(reads()).toBe(wanted === undefined ? 0 : 1);
  });

  it.each([
    ['a token', { token: 't' }, { username: 'x-access-token', password: 't' }],
    ['a token with a line break', { token: 't\n' }, { username: 'x-access-token', password: 't' }],
    ['a token with a user name', { username: 'u', token: 't' }, { username: 'u', password: 't' }],
    ['a user name and a password', { username: 'u', password: ' p ' }, { username: 'u', password: ' p ' }],
    ['a GitHub App', app, { username: 'x-access-token', password: 'ghs_1' }],
  ])('is made of %s', async (_, value, wanted) => {
    have(host, value);
    const found = await credentials.credentialFor('https://git.example/a');
    expect(found).toEqual({ urlPrefix: 'https://git.example', ...wanted });
  });

  it('is read once for five minutes, and then as it is', async () => {
    have(host, { token: 'one' });
    const find = async (): Promise<string | undefined> =>
      (await credentials.credentialFor('https://git.example/a'))?.password;
    expect(await Promise.all([find(), find()])).toEqual(['one', 'one']);
    have(host, { token: 'two' });
    now += 5 * minute - 1;
    expect(await find()).toBe('one');
    now += 1;
    expect(await find()).toBe('two');
    expect(reads()).toBe(2);
    have(host, { token: 'three' });
    credentials.forget();
    expect(await find()).toBe('three');
  });
});

describe('a token of a GitHub App', () => {
  const find = async (): Promise<string | undefined> =>
    (await credentials.credentialFor('https://git.example/a'))?.password;

  it('is asked for to read alone, with the key of the secret', async () => {
    have(host, { ...app, apiUrl: 'https://git.example/api/v3' });
    await find();
    expect(minted[0]).toMatchObject({
      object: `Secret ${host}`,
      url: 'https://git.example/api/v3',
      appId: '7',
      installId: '42',
      permissions: { contents: 'read' },
    });
    expect(minted[0]?.key.equals(privateKey)).toBe(true);
    expect(inspect(minted[0])).not.toContain('PRIVATE');
  });

  it('is used until five minutes before its end, as long as its secret says the same', async () => {
    have(host, app);
    expect(await find()).toBe('ghs_1');
    for (now = start; now < start + 55 * minute; now += 6 * minute) expect(await find()).toBe('ghs_1');
    now = start + 55 * minute;
    expect(await find()).toBe('ghs_2');
    have(host, { ...app, installationId: 43 });
    now += 5 * minute;
    expect(await find()).toBe('ghs_3');
    expect(minted[2]?.installId).toBe('43');
  });

  it('that is refused is made anew', async () => {
    have(host, app);
    const refused = await credentials.credentialFor('https://git.example/a');
    now += minute;
    expect((await credentials.credentialFor('https://git.example/a', refused))?.password).toBe('ghs_2');
  });
});

describe('a credential that the host refuses', () => {
  const refuse = async (password: string): Promise<string | undefined> =>
    (await credentials.credentialFor('https://git.example/a', { username: 'x-access-token', password }))?.password;

  it('is read again, but not more often than every ten seconds', async () => {
    have(host, { token: 'one' });
    await credentials.credentialFor('https://git.example/a');
    have(host, { token: 'two' });
    now += 9_999;
    expect(await refuse('one')).toBe('one');
    expect(reads()).toBe(1);
    now += 1;
    expect(await refuse('one')).toBe('two');
    expect(await refuse('one')).toBe('two');
    expect(reads()).toBe(2);
  });
});

describe('a secret that is no credential', () => {
  it.each([
    ['no JSON', 'c4n4ry', 'it is no JSON object'],
    ['a list', ['c4n4ry'], 'it is no JSON object'],
    ['nothing known', { c4n4ry: 'c4n4ry' }, 'field "token" is missing'],
    ['an empty token', { token: ' ' }, 'field "token" is no text'],
    ['an object for a token', { token: { c4n4ry: 1 } }, 'field "token" is no text'],
    ['no password', { username: 'c4n4ry' }, 'field "password" is missing'],
    ['no user name', { password: 'c4n4ry' }, 'field "username" is missing'],
    ['no App', { privateKey: pem }, 'field "appId" is missing'],
    ['no installation', { appId: 7, privateKey: pem }, 'field "installationId" is missing'],
    ['a broken key', { ...app, privateKey: 'c4n4ry' }, 'field "privateKey" is no RSA private key'],
    ['a wrong address', { ...app, apiUrl: 'c4n4ry' }, 'field "apiUrl" is no URL'],
  ])('as it holds %s is named with the field, and nothing that is in it', async (_, value, why) => {
    have(host, value);
    const error = await failureOf(credentials.credentialFor('https://git.example/a'));
    expect(error).toMatchObject({
      code: 'secret-invalid',
      message: expect.stringContaining(`Secret ${host}: ${why}`),
      hint: expect.stringContaining('"username", "password"'),
    });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
  });

  it('as it is denied is an error for its own repositories, and no others', async () => {
    mock.on(GetSecretValueCommand, { SecretId: host }).rejects(awsTrouble('AccessDeniedException', 400));
    have(team, { token: 'team' });
    expect(await failureOf(credentials.credentialFor('https://git.example/a'))).toMatchObject({
      code: 'secret-denied',
    });
    expect((await credentials.credentialFor('https://git.example/team/a'))?.password).toBe('team');
  });
});
