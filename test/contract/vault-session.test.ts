import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createVaultStores, type VaultStores } from '../../shared/adapters/vault/open-vault-store.ts';
import type { SecretProvider } from '../../shared/secret-ports.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { type KvServer, startKvServer } from '../support/vault/kv-server.ts';
import { askVault, makeToken, mountKv, putPolicy, type VaultAdmin } from '../support/vault/vault-admin.ts';
import { accessWith, conceal, vaultSecretStore } from '../support/vault/vault-stores.ts';
import { textOf } from './secret-provider.ts';

const reader = 'path "kv/*" { capabilities = ["read", "list"] }';

let server: KvServer;
let admin: VaultAdmin;
let stores: VaultStores;

beforeEach(async () => {
  server = await startKvServer();
  admin = { url: server.url, token: server.rootToken };
  stores = createVaultStores({ conceal, timeoutMs: 2_000, keepMs: 0 });
  await mountKv(admin, 'kv', 'v2');
  await putPolicy(admin, 'reader', reader);
  await put('shop', { password: 'c4n4ry' });
});

afterEach(async () => {
  await stores.close();
  await server.stop();
});

async function put(key: string, data: object): Promise<void> {
  await askVault(admin, `kv/data/${key}`, { body: { data } });
}

async function open(more: object = {}, from: VaultStores = stores): Promise<SecretProvider> {
  const token = await makeToken(admin, ['reader']);
  const provider = await from.open(
    vaultSecretStore({ server: server.url, path: 'kv', ...more }),
    accessWith({ token }),
  );
  server.forget();
  return provider;
}

async function openByPassword(entry: object, from: VaultStores = stores): Promise<SecretProvider> {
  await askVault(admin, 'sys/auth/userpass', { body: { type: 'userpass' } });
  await askVault(admin, 'auth/userpass/users/ada', { body: { password: 'p', token_policies: ['reader'], ...entry } });
  const auth = { type: 'user-pass', path: 'userpass', username: 'ada', password: { name: 'x', key: 'p' } } as const;
  return from.open(vaultSecretStore({ server: server.url, path: 'kv', auth }), accessWith({ p: 'p' }));
}

const paths = (): readonly string[] => server.requests().map(({ path }) => path);

describe('a read of Vault', () => {
  it('keeps integers that no float can hold, sorts keys and escapes as Go does', async () => {
    await askVault(admin, 'kv/data/numbers', {
      body: '{"data":{"id": 12345678901234567890, "a<b": {"z": 1.0, "b": null}}}',
    });
    const provider = await open();
    expect(textOf(await provider.read({ key: 'numbers' }))).toBe(
      '{"a\\u003cb":{"b":null,"z":1.0},"id":12345678901234567890}',
    );
  });

  it('says which version it is and since when, and takes only numbers for versions', async () => {
    await put('shop', { password: 'newer' });
    const provider = await open();
    const answer = await provider.read({ key: 'shop' });
    expect(answer).toMatchObject({ state: 'found', version: '2', changedAt: expect.stringMatching(/^20\d\d-.*Z$/) });
    const wrong = await provider.read({ key: 'shop', version: 'latest' });
    expect(wrong).toMatchObject({ state: 'failed', error: { code: 'secret-invalid' } });
  });

  it.each(['delete', 'destroy'])('finds nothing in a version after %s, and the other ones', async (act) => {
    await put('shop', { password: 'newer' });
    await askVault(admin, `kv/${act}/shop`, { body: { versions: [2] } });
    const provider = await open();
    expect(await provider.read({ key: 'shop' })).toEqual({ state: 'absent' });
    expect(textOf(await provider.read({ key: 'shop', version: '1' }))).toBe('{"password":"c4n4ry"}');
    if (act === 'destroy') return;
    await askVault(admin, 'kv/undelete/shop', { body: { versions: [2] } });
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"newer"}');
  });

  it('does not take a wrong mount, or a wrong version of the engine, for an absent secret', async () => {
    const token = await makeToken(admin, ['root']);
    const at = (more: object) => stores.open(vaultSecretStore({ server: server.url, ...more }), accessWith({ token }));
    const elsewhere = await (await at({ path: 'nowhere' })).read({ key: 'shop' });
    const older = await (await at({ path: 'kv', version: 'v1' })).read({ key: 'shop' });
    expect([elsewhere, older].map((answer) => answer.state === 'failed' && answer.error.code)).toEqual([
      'secret-invalid',
      'secret-invalid',
    ]);
  });

  it('never leaves the mount', async () => {
    const provider = await open();
    for (const key of ['../sys/mounts', 'a/../../auth/token/lookup-self', 'a/%2e%2e/b', 'a?version=1', 'a#b'])
      expect((await provider.read({ key })).state).not.toBe('found');
    expect(paths().filter((path) => !path.startsWith('kv/data/a'))).toEqual([]);
  });

  it('gives metadata as External Secrets does', async () => {
    await askVault(admin, 'kv/metadata/shop', { body: { custom_metadata: { team: 'red' } } });
    const provider = await open();
    const answer = await provider.read({ key: 'shop', metadata: true });
    expect(JSON.parse(textOf(answer))).toEqual({
      created_time: expect.any(String),
      current_version: '1',
      delete_version_after: '0s',
      team: 'red',
    });
  });

  it('asks once for equal questions at the same time, and again after a while', async () => {
    const keeping = createVaultStores({ conceal, timeoutMs: 2_000, keepMs: 60 });
    const provider = await open({}, keeping);
    await Promise.all(Array.from({ length: 50 }, () => provider.read({ key: 'shop' })));
    await provider.read({ key: 'shop' });
    expect(paths()).toEqual(['kv/data/shop']);
    keeping.forget();
    await provider.read({ key: 'shop' });
    expect(paths()).toHaveLength(2);
    await eventually('it is asked again', async () => {
      await provider.read({ key: 'shop' });
      return paths().length === 3;
    });
    await keeping.close();
  });
});

describe('a search in Vault', () => {
  it('finds at any depth, by the name from the path on', async () => {
    for (const key of ['a/b/c', 'a/d', 'e']) await put(key, { key });
    const provider = await open();
    const keysOf = async (path?: string) =>
      (await provider.find(path === undefined ? {} : { path })).map(({ key }) => key);
    expect(await keysOf()).toEqual(['a/b/c', 'a/d', 'e', 'shop']);
    expect(await keysOf('a')).toEqual(['a/b/c', 'a/d']);
    expect(await keysOf('a/b/')).toEqual(['a/b/c']);
    expect(await keysOf('kv/a')).toEqual(['kv/a/b/c', 'kv/a/d']);
    expect(await keysOf('nowhere')).toEqual([]);
    expect(await failureOf(keysOf('../sys'))).toMatchObject({ code: 'secret-invalid' });
  });

  it('that may not list says which policy is missing', async () => {
    await putPolicy(admin, 'reader', 'path "kv/data/*" { capabilities = ["read"] }');
    const error = await failureOf((await open()).find({ path: 'a' }));
    expect(error.code).toBe('secret-denied');
    expect(error.hint).toContain('path "kv/metadata/a/*" { capabilities = ["list"] }');
  });

  it('by tags is refused by version 1, as metadata is', async () => {
    await mountKv(admin, 'old', 'v1');
    const provider = await open({ path: 'old', version: 'v1' });
    expect(await failureOf(provider.find({ tags: { a: 'b' } }))).toMatchObject({ code: 'secret-invalid' });
    expect(await provider.read({ key: 'a', metadata: true })).toMatchObject({ error: { code: 'secret-invalid' } });
  });
});

describe('a login to Vault', () => {
  it('is made anew before its lease ends', async () => {
    const provider = await openByPassword({ token_ttl: 1 });
    await eventually('a second login', async () => {
      expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
      return paths().filter((path) => path.includes('/login/')).length === 2;
    });
  });

  it('is made anew when the token was revoked, and not when a policy says no', async () => {
    const provider = await openByPassword({});
    const [token] = server.tokens();
    await askVault(admin, 'auth/token/revoke', { body: { token } });
    server.forget();
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
    expect(paths()).toEqual(['kv/data/shop', 'auth/token/lookup-self', 'auth/userpass/login/ada', 'kv/data/shop']);
    await putPolicy(admin, 'reader', 'path "kv/data/other" { capabilities = ["read"] }');
    server.forget();
    expect(await provider.read({ key: 'shop' })).toMatchObject({ state: 'failed', error: { code: 'secret-denied' } });
    expect(paths()).toEqual(['kv/data/shop', 'auth/token/lookup-self']);
  });

  it('reads the token of a Secret anew when Vault no longer takes it', async () => {
    const secrets: Record<string, string> = { token: await makeToken(admin, ['reader']) };
    const provider = await stores.open(vaultSecretStore({ server: server.url, path: 'kv' }), accessWith(secrets));
    await askVault(admin, 'auth/token/revoke', { body: { token: secrets['token'] } });
    secrets['token'] = await makeToken(admin, ['reader']);
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
  });

  it('does not end batch tokens, which cannot be ended', async () => {
    const own = createVaultStores({ conceal, timeoutMs: 2_000, keepMs: 0 });
    await openByPassword({ token_type: 'batch' }, own);
    await own.close();
    expect(paths()).not.toContain('auth/token/revoke-self');
  });

  it('is shared by namespaces only where the store means one identity', async () => {
    const auth = (namespace?: string) => ({
      type: 'token' as const,
      token: { name: 'x', key: 'token', ...(namespace === undefined ? {} : { namespace }) },
    });
    const ref = { kind: 'ClusterSecretStore', namespace: '', name: 'vault' } as const;
    const providers = async (namespace?: string) => {
      const store = vaultSecretStore({ server: server.url, path: 'kv', auth: auth(namespace) }, { ref });
      const token = await makeToken(admin, ['reader']);
      const openFor = (asker: string) => stores.open(store, accessWith({ token }, { namespace: asker }));
      return [await openFor('red'), await openFor('blue')];
    };
    expect(new Set(await providers('infra')).size).toBe(1);
    expect(new Set(await providers()).size).toBe(2);
  });

  it('uses a namespace of its own, and sends what the store asks for', async () => {
    for (const name of ['team', 'root']) await askVault(admin, `sys/namespaces/${name}`, { body: {} });
    await askVault(admin, 'sys/auth/userpass', { body: { type: 'userpass' }, namespace: 'root' });
    await askVault(admin, 'auth/userpass/users/ada', { body: { password: 'p' }, namespace: 'root' });
    const auth = { type: 'user-pass', path: 'userpass', username: 'ada', password: { name: 'x', key: 'p' } } as const;
    const more = { namespace: 'team', authNamespace: 'root', readYourWrites: true, forwardInconsistent: true };
    const store = vaultSecretStore({ server: server.url, path: 'kv', auth, headers: { 'x-team': 'red' }, ...more });
    server.forget();
    await (await stores.open(store, accessWith({ p: 'p' }))).read({ key: 'shop' });
    const headers = server.requests().map((request) => request.headers);
    expect(headers[0]).toMatchObject({ 'x-vault-namespace': 'root', 'x-team': 'red', 'x-vault-request': 'true' });
    expect(headers[1]).toMatchObject({
      'x-vault-namespace': 'team',
      'x-vault-index': 'index-of-the-last-write',
      'x-vault-inconsistent': 'forward-active-node',
    });
  });
});

describe('trouble with Vault', () => {
  it.each([500, 502, 503, 412, 429])('by status %i is passed over when it passes', async (status) => {
    const provider = await open();
    server.fail({ status, times: 2, body: '{"errors":["c4n4ry"]}' });
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
    expect(paths()).toHaveLength(3);
  });

  it('by connections that break is passed over when it passes', async () => {
    const provider = await open();
    server.fail({ isCut: true, times: 2 });
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
  });

  it('that stays is given up after as many attempts as the store says', async () => {
    const provider = await open();
    server.fail({ status: 500 });
    const answer = await provider.read({ key: 'shop' });
    expect(answer).toMatchObject({ state: 'failed', error: { code: 'secret-unreachable', retryable: true } });
    expect(paths()).toHaveLength(4);
  });

  it('by a sealed Vault is told at once', async () => {
    const provider = await open();
    await askVault(admin, 'sys/seal', { body: {} });
    server.forget();
    const answer = await provider.read({ key: 'shop' });
    expect(answer).toMatchObject({ error: { message: expect.stringContaining('(503): Vault is sealed') } });
    expect(paths()).toHaveLength(1);
  });

  it('by no answer ends after the time-out', async () => {
    const hasty = createVaultStores({ conceal, timeoutMs: 50, keepMs: 0 });
    const provider = await open({}, hasty);
    server.fail({ delayMs: 5_000 });
    expect(await provider.read({ key: 'shop' })).toMatchObject({
      error: { code: 'secret-unreachable', message: expect.stringContaining('no answer in time') },
    });
    await hasty.close();
  });

  it('is never followed to another host', async () => {
    const other = await startKvServer();
    const provider = await open();
    server.fail({ status: 307, times: 1, headers: { location: `${other.url}/v1/kv/data/shop` } });
    expect(await provider.read({ key: 'shop' })).toMatchObject({
      error: { message: expect.stringContaining('redirects to another host') },
    });
    expect(other.requests()).toEqual([]);
    server.fail({ status: 307, times: 1, headers: { location: '/v1/kv/data/shop' } });
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
    await other.stop();
  });

  it.each([
    ['no JSON', { status: 200, body: 'c4n4ry' }],
    ['JSON that breaks off', { status: 200, body: '{"data":{"data":{"p":"c4n4ry"' }],
    ['another shape', { status: 200, body: '{"data":{"data":"c4n4ry"}}' }],
    ['a refusal that repeats a value', { status: 400, body: '{"errors":["c4n4ry"]}' }],
    ['a page of somebody else', { status: 403, body: '<html>c4n4ry</html>' }],
    ['a failure that repeats a value', { status: 500, body: '{"errors":["c4n4ry"],"data":{"p":"c4n4ry"}}' }],
  ])('by %s shows nothing of the answer', async (_, fault) => {
    const provider = await open();
    server.fail(fault);
    const answer = await provider.read({ key: 'shop' });
    const error = await failureOf(provider.find({ tags: { a: 'b' } }));
    expect(answer.state).toBe('failed');
    const shown = inspect([answer, error], { depth: Number.POSITIVE_INFINITY, showHidden: true });
    expect(shown).not.toContain('c4n4ry');
    expect(shown).toContain('SecretStore shop/vault');
  });
});
