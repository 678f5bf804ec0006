import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createVaultStores, type VaultStores } from '../../shared/adapters/vault/open-vault-store.ts';
import type { VaultAuth } from '../../shared/model/vault-store.ts';
import type { StoreAccess } from '../../shared/secret-ports.ts';
import { failureOf } from '../support/failure-of.ts';
import { type KvServer, startKvServer } from '../support/vault/kv-server.ts';
import { makeCertificates } from '../support/vault/make-certificates.ts';
import { askVault, makeToken, mountKv, putPolicy, type VaultAdmin } from '../support/vault/vault-admin.ts';
import { accessWith, conceal, vaultSecretStore } from '../support/vault/vault-stores.ts';
import { textOf } from './secret-provider.ts';

let server: KvServer;
let admin: VaultAdmin;
let stores: VaultStores;

const ref = (key: string) => ({ name: 'proof', key });
const account = { name: 'app', audiences: ['vault'] };
const signer = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = signer.publicKey.export({ type: 'spki', format: 'pem' });

beforeEach(async () => {
  server = await startKvServer();
  admin = { url: server.url, token: server.rootToken };
  stores = createVaultStores({ conceal, timeoutMs: 5_000, keepMs: 0, signCallerIdentity });
  await mountKv(admin, 'kv', 'v2');
  await putPolicy(admin, 'reader', 'path "kv/*" { capabilities = ["read", "list"] }');
  await askVault(admin, 'kv/data/shop', { body: { data: { password: 'c4n4ry' } } });
});

afterEach(async () => {
  await stores.close();
  await server.stop();
});

async function signCallerIdentity({ region, serverIdHeader }: { region: string; serverIdHeader?: string }) {
  const signed = serverIdHeader === undefined ? 'host' : 'host;x-vault-aws-iam-server-id';
  return {
    method: 'POST',
    url: `https://sts.${region}.amazonaws.com/`,
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=${signed}, Signature=00`,
      ...(serverIdHeader === undefined ? {} : { 'x-vault-aws-iam-server-id': serverIdHeader }),
    },
  };
}

function makeJwt(subject: string, audience = 'vault'): Promise<string> {
  return new SignJWT({ sub: subject, aud: audience })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime('5m')
    .sign(signer.privateKey);
}

async function enable(path: string, type: string, role: string, entry: object): Promise<void> {
  await askVault(admin, `sys/auth/${path}`, { body: { type } });
  await askVault(admin, `auth/${path}/${role}`, { body: { token_policies: ['reader'], ...entry } });
}

async function readAs(auth: VaultAuth, access: StoreAccess): Promise<string> {
  const provider = await stores.open(vaultSecretStore({ server: server.url, path: 'kv', auth }), access);
  return textOf(await provider.read({ key: 'shop' }));
}

const everyLogin: readonly (readonly [string, () => Promise<readonly [VaultAuth, StoreAccess]>])[] = [
  [
    'a token',
    async () => [
      { type: 'token', token: ref('token') },
      accessWith({ token: `\n${await makeToken(admin, ['reader'])}\n` }),
    ],
  ],
  [
    'an AppRole',
    async () => {
      await enable('approle', 'approle', 'role/shop', {});
      const { data: role } = await askVault(admin, 'auth/approle/role/shop/role-id');
      const { data: secret } = await askVault(admin, 'auth/approle/role/shop/secret-id', { body: {} });
      const auth = { type: 'app-role', path: 'approle', roleId: ref('role'), secretId: ref('secret') } as const;
      return [auth, accessWith({ role: String(role?.['role_id']), secret: String(secret?.['secret_id']) })];
    },
  ],
  [
    'a ServiceAccount',
    async () => {
      const bound = { bound_service_account_names: ['app'], bound_service_account_namespaces: ['shop'] };
      await enable('kubernetes', 'kubernetes', 'role/shop', bound);
      await askVault(admin, 'auth/kubernetes/config', { body: { pem_keys: [publicKey] } });
      const auth = { type: 'kubernetes', path: 'kubernetes', role: 'shop', account } as const;
      return [auth, accessWith({ 'account-token': await makeJwt('system:serviceaccount:shop:app') })];
    },
  ],
  [
    'a JWT',
    async () => {
      await enable('jwt', 'jwt', 'role/shop', { bound_audiences: ['vault'], bound_subject: 'ci' });
      await askVault(admin, 'auth/jwt/config', { body: { jwt_validation_pubkeys: [publicKey] } });
      return [{ type: 'jwt', path: 'jwt', role: 'shop', token: ref('jwt') }, accessWith({ jwt: await makeJwt('ci') })];
    },
  ],
  [
    'a user name and password',
    async () => {
      await enable('userpass', 'userpass', 'users/ada@shop', { password: 'a "good" one' });
      const auth = { type: 'user-pass', path: 'userpass', username: 'ada@shop', password: ref('password') } as const;
      return [auth, accessWith({ password: 'a "good" one' })];
    },
  ],
  [
    'a request that AWS would answer',
    async () => {
      await enable('aws', 'aws', 'role/shop', {});
      await askVault(admin, 'auth/aws/config/client', { body: { iam_server_id_header_value: 'vault.example' } });
      const auth = { type: 'iam', path: 'aws', region: 'eu-west-1', vaultRole: 'shop' } as const;
      return [{ ...auth, serverIdHeader: 'vault.example' }, accessWith({})];
    },
  ],
];

describe('a store of Vault', () => {
  it.each(everyLogin)('logs in with %s', async (_, prepare) => {
    expect(await readAs(...(await prepare()))).toBe('{"password":"c4n4ry"}');
  });

  it.each(everyLogin)('logs in once for many reads and openings with %s, and ends what it made', async (_, prepare) => {
    const [auth, access] = await prepare();
    const kept = server.tokens().length;
    server.forget();
    for (let index = 0; index < 5; index += 1) await readAs(auth, access);
    const logins = server.requests().filter(({ path }) => path.includes('/login'));
    expect(logins).toHaveLength(auth.type === 'token' ? 0 : 1);
    await stores.close();
    expect(server.tokens()).toHaveLength(kept);
  });

  it('logs in with a certificate, and trusts the authority of its caBundle or caProvider alone', async () => {
    const { ca, server: tls, client } = makeCertificates();
    const secure = await startKvServer({ tls });
    admin = { url: secure.url, token: secure.rootToken, ca };
    await mountKv(admin, 'kv', 'v2');
    await putPolicy(admin, 'reader', 'path "kv/*" { capabilities = ["read"] }');
    await askVault(admin, 'kv/data/shop', { body: { data: { password: 'c4n4ry' } } });
    await enable('cert', 'cert', 'certs/shop', { certificate: client.cert });
    const access = accessWith({ ...client, ca });
    const auth = { type: 'cert', path: 'cert', clientCert: ref('cert'), clientKey: ref('key') } as const;
    const open = (more: object) =>
      stores.open(vaultSecretStore({ server: secure.url, path: 'kv', auth, ...more }), access);
    expect(await failureOf(open({}))).toMatchObject({
      code: 'secret-unreachable',
      message: expect.stringContaining('certificate is not trusted'),
    });
    for (const trust of [{ caBundle: ca }, { caProvider: { kind: 'ConfigMap', key: ref('ca') } }])
      expect(textOf(await (await open(trust)).read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
    const token = { type: 'token', token: ref('token') } as const;
    const withoutCertificate = open({
      caBundle: ca,
      auth: { ...auth, clientCert: ref('other'), clientKey: ref('key') },
    });
    expect(await failureOf(withoutCertificate)).toMatchObject({ code: 'secret-invalid' });
    const mutual = { caBundle: ca, auth: token, tls: { cert: ref('cert'), key: ref('key') } };
    const given = accessWith({ ...client, token: await makeToken(admin, ['reader']) });
    const provider = await stores.open(vaultSecretStore({ server: secure.url, path: 'kv', ...mutual }), given);
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry"}');
    await secure.stop();
  });

  it.each<readonly [string, VaultAuth, string]>([
    [
      'an AppRole',
      { type: 'app-role', path: 'approle', roleId: 'nobody', secretId: ref('c4n4ry') },
      'role ID or secret ID',
    ],
    ['a role', { type: 'jwt', path: 'jwt', role: 'nobody', token: ref('c4n4ry') }, 'no such role'],
    ['a JWT', { type: 'jwt', path: 'jwt', role: 'shop', token: ref('c4n4ry') }, 'does not let us in'],
    ['a password', { type: 'user-pass', path: 'userpass', username: 'ada', password: ref('c4n4ry') }, 'password'],
    [
      'a mount',
      { type: 'user-pass', path: 'elsewhere', username: 'ada', password: ref('c4n4ry') },
      'nothing is mounted',
    ],
  ])('is told what is wrong with %s, and nothing of it', async (_, auth, why) => {
    await enable('approle', 'approle', 'role/shop', {});
    await enable('jwt', 'jwt', 'role/shop', { bound_audiences: ['vault'] });
    await enable('userpass', 'userpass', 'users/ada', { password: 'right' });
    const error = await failureOf(readAs(auth, accessWith({ c4n4ry: 'c4n4ry-value' })));
    expect(error.message).toContain(`SecretStore shop/vault: logging in by auth/${'path' in auth ? auth.path : ''}`);
    expect(error.message).toContain(why);
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('c4n4ry-value');
  });

  it('is told when what it proves itself with is empty or no token', async () => {
    const auth = { type: 'token', token: ref('token') } as const;
    expect(await failureOf(readAs(auth, accessWith({})))).toMatchObject({
      code: 'secret-invalid',
      message: 'SecretStore shop/vault: key token of Secret proof is empty',
    });
    const broken = await failureOf(readAs(auth, accessWith({ token: 'c4n4ry\nx-other: 1' })));
    expect(broken).toMatchObject({ code: 'secret-invalid' });
    expect(inspect(broken, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
  });
});
