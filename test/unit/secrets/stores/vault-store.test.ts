import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { SecretError } from '../../../../shared/errors.ts';
import type { VaultAuth } from '../../../../shared/model/vault-store.ts';
import { parseVaultStore } from '../../../../shared/secrets/stores/vault-store.ts';

const where = { kind: 'SecretStore', namespace: 'shop', name: 'vault' } as const;
const server = 'https://vault.example:8200';
const tokenAuth = { tokenSecretRef: { name: 'vault', key: 'token' } };
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const parse = (spec: object): ReturnType<typeof parseVaultStore> =>
  parseVaultStore({ server, auth: tokenAuth, ...spec }, where);

function failureOf(spec: object): SecretError {
  try {
    parse(spec);
  } catch (error) {
    return error as SecretError;
  }
  throw new Error('it was taken');
}

describe('a Vault store', () => {
  it('has defaults', () => {
    expect(parse({})).toEqual({
      type: 'vault',
      server,
      version: 'v2',
      headers: {},
      readYourWrites: false,
      forwardInconsistent: false,
      auth: { type: 'token', token: { name: 'vault', key: 'token' } },
    });
  });

  it('has all its fields', () => {
    const spec = {
      path: 'kv',
      version: 'v1',
      namespace: 'team',
      caProvider: { type: 'ConfigMap', name: 'ca', key: 'ca.crt', namespace: 'infra' },
      tls: { certSecretRef: { name: 'client' }, keySecretRef: { name: 'client', key: 'key' } },
      headers: { 'X-Team': 'shop' },
      readYourWrites: true,
      forwardInconsistent: true,
      checkAndSet: { required: true },
      auth: { namespace: 'root', ...tokenAuth },
    };
    expect(parse(spec)).toEqual({
      type: 'vault',
      server,
      path: 'kv',
      version: 'v1',
      namespace: 'team',
      authNamespace: 'root',
      caProvider: { kind: 'ConfigMap', key: { name: 'ca', key: 'ca.crt', namespace: 'infra' } },
      tls: { cert: { name: 'client', key: 'tls.crt' }, key: { name: 'client', key: 'key' } },
      headers: { 'x-team': 'shop' },
      readYourWrites: true,
      forwardInconsistent: true,
      auth: { type: 'token', token: { name: 'vault', key: 'token' } },
    });
  });

  it.each([
    ['PEM', pem],
    ['PEM in base64', base64(pem)],
    ['PEM in base64 twice', base64(base64(pem))],
  ])('takes a CA as %s', (_, caBundle) => {
    expect(parse({ caBundle }).caBundle).toBe(pem);
  });

  const account = { name: 'app', audiences: ['vault.example'] };
  const secretRef = { name: 'proof', key: 'it' };

  it.each<[string, object, VaultAuth]>([
    [
      'an AppRole',
      { appRole: { roleId: 'r-1', secretRef } },
      { type: 'app-role', path: 'approle', roleId: 'r-1', secretId: secretRef },
    ],
    [
      'an AppRole whose id is in a Secret',
      { appRole: { path: 'apps/approle', roleRef: { name: 'r', key: 'id' }, secretRef } },
      { type: 'app-role', path: 'apps/approle', roleId: { name: 'r', key: 'id' }, secretId: secretRef },
    ],
    [
      'a ServiceAccount',
      { kubernetes: { role: 'shop', serviceAccountRef: account, secretRef } },
      { type: 'kubernetes', path: 'kubernetes', role: 'shop', account },
    ],
    [
      'a ServiceAccount’s token in a Secret',
      { kubernetes: { mountPath: 'k8s', role: 'shop', secretRef: { name: 'proof' } } },
      { type: 'kubernetes', path: 'k8s', role: 'shop', token: { name: 'proof', key: 'token' } },
    ],
    [
      'a name of LDAP',
      { ldap: { username: 'ada', secretRef } },
      { type: 'user-pass', path: 'ldap', username: 'ada', password: secretRef },
    ],
    [
      'a user name',
      { userPass: { username: 'ada', secretRef } },
      { type: 'user-pass', path: 'userpass', username: 'ada', password: secretRef },
    ],
    [
      'a JWT of a ServiceAccount, for the audience vault',
      { jwt: { role: ' shop ', kubernetesServiceAccountToken: { serviceAccountRef: { name: 'app' } } } },
      { type: 'jwt', path: 'jwt', role: 'shop', account: { name: 'app', audiences: ['vault'] } },
    ],
    [
      'a JWT with audiences',
      { jwt: { kubernetesServiceAccountToken: { serviceAccountRef: account, audiences: ['more'] } } },
      { type: 'jwt', path: 'jwt', role: '', account: { name: 'app', audiences: ['vault.example', 'more'] } },
    ],
    [
      'a JWT in a Secret',
      { jwt: { role: 'shop', secretRef } },
      { type: 'jwt', path: 'jwt', role: 'shop', token: secretRef },
    ],
    [
      'a certificate',
      { cert: { clientCert: { name: 'client' }, secretRef: { name: 'client' } } },
      {
        type: 'cert',
        path: 'cert',
        clientCert: { name: 'client', key: 'tls.crt' },
        clientKey: { name: 'client', key: 'tls.key' },
      },
    ],
    [
      'an AWS role',
      {
        iam: {
          vaultRole: 'shop',
          role: 'arn:aws:iam::1:role/shop',
          externalID: 'x',
          vaultAwsIamServerID: 'vault.example',
          jwt: { serviceAccountRef: account },
        },
      },
      {
        type: 'iam',
        path: 'aws',
        region: 'us-east-1',
        vaultRole: 'shop',
        awsRole: 'arn:aws:iam::1:role/shop',
        externalId: 'x',
        serverIdHeader: 'vault.example',
        account,
      },
    ],
    [
      'AWS keys',
      {
        iam: { vaultRole: 'shop', secretRef: { accessKeyIDSecretRef: secretRef, secretAccessKeySecretRef: secretRef } },
      },
      {
        type: 'iam',
        path: 'aws',
        region: 'us-east-1',
        vaultRole: 'shop',
        keys: { accessKeyId: secretRef, secretAccessKey: secretRef },
      },
    ],
  ])('logs in by %s', (_, auth, expected) => {
    expect(parse({ auth }).auth).toEqual(expected);
  });

  it('logs in by the first method in the order of External Secrets', () => {
    const auth = { userPass: { username: 'ada', secretRef }, appRole: { roleId: 'r', secretRef } };
    expect(parse({ auth }).auth.type).toBe('app-role');
    expect(parse({ auth: { ...auth, ...tokenAuth } }).auth.type).toBe('token');
  });

  it.each<[string, object, string]>([
    ['a server that is no URL', { server: 'c4n4ry' }, 'server is not the URL of a server'],
    ['a password in the URL', { server: 'https://ada:c4n4ry@vault.example' }, 'server is not the URL of a server'],
    ['another version', { version: 'c4n4ry' }, 'version is neither v1 nor v2'],
    ['a CA that is none', { caBundle: 'c4n4ry' }, 'caBundle is neither a PEM certificate'],
    [
      'half a client certificate',
      { tls: { certSecretRef: { name: 'c' } } },
      'tls needs certSecretRef and keySecretRef',
    ],
    ['a header with a line break', { headers: { 'x-a': 'c4n4ry\nx-b: c' } }, 'headers.x-a'],
    ['a token as a header', { headers: { 'X-Vault-Token': 'c4n4ry' } }, 'headers sets a header'],
    ['no login', { auth: {} }, 'auth names no way to log in'],
    ['a login of Google', { auth: { gcp: { role: 'c4n4ry' } } }, 'auth by gcp is not supported'],
    ['no role id', { auth: { appRole: { secretRef } } }, '(appRole) has neither roleId nor roleRef'],
    ['no ServiceAccount', { auth: { kubernetes: { role: 'shop' } } }, '(kubernetes) has neither serviceAccountRef'],
    ['no JWT', { auth: { jwt: { role: 'shop' } } }, '(jwt) has neither secretRef'],
    ['a mount that climbs', { auth: { appRole: { path: '../sys', roleId: 'r', secretRef } } }, 'auth.appRole.path'],
    ['a user that climbs', { auth: { userPass: { username: '..', secretRef } } }, 'auth.userPass.username'],
    ['a number in place of a text', { path: 7 }, 'path is missing or of the wrong type'],
  ])('with %s is refused by the name of the field alone', (_, spec, problem) => {
    const error = failureOf(spec);
    expect(error).toMatchObject({ code: 'secret-invalid', object: 'SecretStore shop/vault' });
    expect(error.message).toContain(problem);
    expect(error.hint).toMatch(/\S/);
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
  });
});
