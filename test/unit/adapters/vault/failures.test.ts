import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  type Attempt,
  refusedError,
  unansweredError,
  unusableError,
} from '../../../../shared/adapters/vault/failures.ts';

const attempt: Attempt = {
  store: { kind: 'SecretStore', namespace: 'shop', name: 'vault' },
  server: 'vault.example:8200',
  action: 'reading secret/db',
  path: 'secret/data/db',
  capability: 'read',
};
const login: Attempt = { ...attempt, action: 'logging in by auth/approle/login', capability: 'login' };

describe('a refusal of Vault', () => {
  it.each([
    [attempt, 403, 'permission denied', 'secret-denied', 'permission denied', 'path "secret/data/db" { capabilities'],
    [attempt, 503, 'Vault is sealed', 'secret-unreachable', 'Vault is sealed', 'Unseal'],
    [attempt, 503, 'Vault is not initialized', 'secret-unreachable', 'not initialized', 'Initialize'],
    [
      attempt,
      500,
      'local node not active but active cluster node not found',
      'secret-unreachable',
      'standby',
      'active',
    ],
    [attempt, 412, 'required index state not present', 'secret-unreachable', 'lags behind', 'forwardInconsistent'],
    [attempt, 429, 'request path "x": rate limit quota exceeded', 'secret-unreachable', 'rate limit', 'quota'],
    [attempt, 404, 'no handler for route "x". route entry not found.', 'secret-invalid', 'nothing is mounted', 'path'],
    [
      attempt,
      404,
      'Invalid path for a versioned K/V secrets engine. See',
      'secret-invalid',
      'version 2',
      'version: v2',
    ],
    [attempt, 400, 'missing something', 'secret-invalid', 'does not understand', 'version'],
    [attempt, 418, '', 'secret-invalid', 'Vault fails', 'health'],
    [attempt, 500, '', 'secret-unreachable', 'Vault fails', 'health'],
    [attempt, 307, '', 'secret-invalid', 'another host', 'server'],
    [login, 400, 'invalid role or secret ID', 'secret-denied', 'role ID or secret ID', 'secret ID'],
    [login, 400, 'invalid username or password', 'secret-denied', 'user name or password', 'password'],
    [login, 400, 'role "shop" could not be found', 'secret-denied', 'no such role', 'role'],
    [login, 400, 'invalid role name "shop"', 'secret-denied', 'no such role', 'role'],
    [login, 403, 'service account name not authorized', 'secret-denied', 'ServiceAccount', 'Bind'],
    [login, 403, 'namespace not authorized', 'secret-denied', 'ServiceAccount', 'Bind'],
    [login, 400, 'error validating token: invalid audience (aud) claim', 'secret-denied', 'claims', 'audiences'],
    [login, 400, 'invalid certificate or no client certificate supplied', 'secret-denied', 'certificate', 'Secret'],
    [login, 403, 'permission denied', 'secret-denied', 'does not let us in', 'auth section'],
    [login, 400, 'something else', 'secret-denied', 'does not let us in', 'auth section'],
  ])('%#: status %3$s has a meaning and a way out', (tried, status, says, code, why, hint) => {
    const error = refusedError(tried, { status, body: null, errors: [says] });
    expect(error.code).toBe(code);
    expect(error.message).toContain(`SecretStore shop/vault: ${tried.action} at Vault vault.example:8200 failed`);
    expect(error.message).toContain(why);
    expect(error.hint).toContain(hint);
    expect(error.retryable).toBe(code === 'secret-unreachable');
  });

  it('never repeats what came from outside', () => {
    const cause = Object.assign(new Error('c4n4ry'), { code: 'c4n4ry', cause: new Error('c4n4ry') });
    const answer = { status: 400, body: 'c4n4ry', errors: ['c4n4ry', 'role "c4n4ry" could not be found'] };
    const errors = [refusedError(login, answer), unansweredError(attempt, cause), unusableError(attempt, 'why')];
    expect(inspect(errors, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('c4n4ry');
  });

  it.each([
    ['ECONNREFUSED', 'cannot be reached', 'network'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'not trusted', 'caBundle'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'not trusted', 'host name'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no answer in time', 'network'],
    ['ERR_OSSL_PEM_NO_START_LINE', 'not PEM', 'Secrets'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client certificate', 'tls'],
  ])('that is none, by %s, says what to look at', (code, why, hint) => {
    const error = unansweredError(attempt, Object.assign(new Error(), { cause: { code } }));
    expect(error.message).toContain(why);
    expect(error.hint).toContain(hint);
  });
});
