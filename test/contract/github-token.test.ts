import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGithubIssuer, type GithubIssuer, type GithubToken } from '../../shared/adapters/github/github-token.ts';
import { revealSecret } from '../../shared/model/secret-value.ts';
import { failureOf } from '../support/failure-of.ts';
import { type GithubApp, startGithubApp } from '../support/github-app.ts';
import { accessWith, conceal } from '../support/vault/vault-stores.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8'): string => key.export({ type, format: 'pem' }).toString();
const access = accessWith({ pem: pemOf(privateKey, 'pkcs1') });

let github: GithubApp;
let issuer: GithubIssuer;

beforeEach(async () => {
  github = await startGithubApp(privateKey);
  issuer = createGithubIssuer({ conceal, timeoutMs: 2_000, retryDelayMs: 5 });
});

afterEach(async () => {
  await issuer.close();
  await github.stop();
});

const spec = (more: Partial<GithubToken> = {}): GithubToken => ({
  type: 'github-token',
  url: github.url,
  appId: '7',
  installId: '42',
  privateKey: { name: 'app', key: 'pem' },
  repositories: [],
  permissions: {},
  ...more,
});

describe('a token of a GitHub App', () => {
  it.each(['pkcs1', 'pkcs8'] as const)('is had with a private key as %s', async (type) => {
    const { values, expiresAt } = await issuer.issue(spec(), accessWith({ pem: pemOf(privateKey, type) }));
    expect([...values].map(([key, value]) => [key, Buffer.from(revealSecret(value)).toString()])).toEqual([
      ['token', 'ghs_c4n4ry1'],
    ]);
    expect(expiresAt).toBe('2033-05-18T03:33:20Z');
    expect(inspect(values)).not.toContain('c4n4ry');
  });

  it('is asked for with what the generator says, and with a proof of five minutes', async () => {
    await issuer.issue(spec({ repositories: ['shop'], permissions: { contents: 'read' } }), access);
    await issuer.issue(spec(), access);
    const [first, second] = github.asked();
    expect(first?.body).toEqual({ repositories: ['shop'], permissions: { contents: 'read' } });
    expect(second?.body).toEqual({});
    expect(Number(first?.claims.exp) - Number(first?.claims.iat)).toBe(310);
  });

  it('is had from GitHub Enterprise, whose API has a path', async () => {
    const enterprise = await startGithubApp(privateKey, '/api/v3');
    await issuer.issue(spec({ url: `${enterprise.url}/` }), access);
    expect(enterprise.asked()).toHaveLength(1);
    await enterprise.stop();
  });

  it.each([429, 500, 503])('is had when GitHub answers %i and then comes round', async (status) => {
    github.fail(status, 'c4n4ry', 2);
    expect((await issuer.issue(spec(), access)).values.size).toBe(1);
  });

  it.each<[string, number, string, string]>([
    ['another App', 401, 'secret-denied', 'appID'],
    ['a suspended installation', 403, 'secret-denied', 'suspended'],
    ['an unknown installation', 404, 'secret-invalid', 'installID'],
    ['too many permissions', 422, 'secret-invalid', 'fewer'],
    ['a failure', 500, 'secret-unreachable', 'later'],
    ['no JSON', 201, 'secret-unreachable', 'url'],
  ])('is refused by %s, and nothing that GitHub says is told', async (_, status, code, hint) => {
    github.fail(status, 'c4n4ry');
    const error = await failureOf(issuer.issue(spec(), access));
    expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(error.message).toContain('token of GitHub App 7, installation 42');
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('c4n4ry');
  });

  it('is refused by the real checks of the proof and of the installation', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const stranger = issuer.issue(spec(), accessWith({ pem: pemOf(other, 'pkcs1') }));
    expect(await failureOf(stranger)).toMatchObject({ code: 'secret-denied' });
    expect(await failureOf(issuer.issue(spec({ installId: '../43' }), access))).toMatchObject({
      code: 'secret-invalid',
    });
  });

  it.each([
    ['no key', 'c4n4ry'],
    ['a broken key', '-----BEGIN RSA PRIVATE KEY-----\nc4n4ry\n-----END RSA PRIVATE KEY-----'],
    ['a key of another kind', pemOf(generateKeyPairSync('ed25519').privateKey, 'pkcs8')],
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ])('is not asked for with %s', async (_, pem) => {
    const error = await failureOf(issuer.issue(spec(), accessWith({ pem })));
    expect(error).toMatchObject({ code: 'secret-invalid', message: expect.stringContaining('key pem of Secret app') });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('c4n4ry');
    expect(github.asked()).toEqual([]);
  });
});
