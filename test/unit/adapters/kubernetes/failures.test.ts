import { describe, expect, it } from '@jest/globals';
import { parseStatus } from '../../../../shared/adapters/kubernetes/api-status.ts';
import { type Purpose, refusedError, unreachableError } from '../../../../shared/adapters/kubernetes/failures.ts';

const server = { name: 'dev', server: 'https://dev.example.com' };
const purpose: Purpose = { subject: 'Deployment shop/web', verb: 'apply', secret: false };
const secret: Purpose = { subject: 'Secret shop/keys', verb: 'apply', secret: true };
const refuse = (code: number, body: object | string, as = purpose) => {
  const text = typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', ...body });
  return refusedError(server, as, parseStatus({ status: code, headers: {}, body: text }));
};

describe('refusedError', () => {
  it.each([
    {
      title: 'an admission webhook’s no, which is a 403 without a missing right',
      code: 403,
      body: {
        reason: 'Forbidden',
        message: 'admission webhook "rules.example.com" denied the request: no latest tags',
      },
      expected: { code: 'cluster-refused', retryable: false },
      message: 'failed (403 Forbidden): admission webhook "rules.example.com" denied the request: no latest tags',
    },
    {
      title: 'a webhook’s no with a code of its own',
      code: 400,
      body: { message: 'admission webhook "rules.example.com" denied the request: no' },
      expected: { code: 'cluster-refused', hint: expect.stringContaining('admission rule') },
      message: 'failed (400)',
    },
    {
      title: 'a webhook that does not answer',
      code: 500,
      body: {
        reason: 'InternalError',
        message: 'Internal error occurred: failed calling webhook "rules.example.com": timeout',
      },
      expected: { code: 'cluster-refused', retryable: true, hint: expect.stringContaining('does not answer') },
      message: 'failed calling webhook',
    },
    {
      title: 'a used-up quota',
      code: 403,
      body: { reason: 'Forbidden', message: 'pods "web" is forbidden: exceeded quota: small' },
      expected: { code: 'cluster-refused' },
      message: 'exceeded quota: small',
    },
    {
      title: 'a missing right',
      code: 403,
      body: {
        reason: 'Forbidden',
        message: 'deployments.apps "web" is forbidden: User "ci" cannot patch resource "deployments"',
      },
      expected: { code: 'cluster-forbidden', hint: expect.stringContaining('ClusterRole') },
      message: 'User "ci" cannot patch resource "deployments"',
    },
    {
      title: 'unknown credentials',
      code: 401,
      body: { reason: 'Unauthorized', message: 'Unauthorized' },
      expected: { code: 'cluster-forbidden', status: 401 },
      message: 'Deployment shop/web: server-side apply failed (401 Unauthorized): Unauthorized',
    },
    {
      title: 'a slow server',
      code: 504,
      body: { reason: 'Timeout', message: 'slow' },
      expected: { code: 'timeout', retryable: true },
      message: 'failed (504 Timeout): slow',
    },
    {
      title: 'a load balancer’s page',
      code: 502,
      body: '<html>Bad Gateway</html>',
      expected: { code: 'cluster-unreachable', retryable: true },
      message: '<html>Bad Gateway</html> (answered by https://dev.example.com)',
    },
  ])('tells of $title', ({ code, body, expected, message }) => {
    const error = refuse(code, body);
    expect(error).toMatchObject({ ...expected, status: code, object: 'Deployment shop/web' });
    expect(error.message).toContain(message);
  });

  it('names each invalid field once', () => {
    const cause = { field: 'spec.replicas', message: 'Invalid value: -1', reason: 'FieldValueInvalid' };
    const details = { causes: [cause, cause, { ...cause, field: 'spec.paused' }] };
    expect(refuse(422, { reason: 'Invalid', message: 'all of it', details }).message).toBe(
      'Deployment shop/web: server-side apply failed (422 Invalid): spec.replicas: Invalid value: -1; spec.paused: Invalid value: -1',
    );
  });

  it('names several misspelt fields', () => {
    const message =
      'failed to create typed patch object (a/b; v1, Kind=X): errors:\n  .spec.a: field not declared in schema\n  .b: field not declared in schema';
    expect(refuse(500, { message }).message).toContain(
      '(500): spec.a: field not declared in schema; b: field not declared in schema',
    );
  });

  it.each([
    [
      422,
      {
        message: 'x hunter2',
        details: { causes: [{ field: 'data[a]', reason: 'FieldValueInvalid', message: 'hunter2' }] },
      },
      'data[a]: FieldValueInvalid',
    ],
    [
      500,
      { message: 'failed to create typed patch object (a; v1, Kind=Secret): .data.a: expected string, got hunter2' },
      'data.a: expected string',
    ],
    [
      403,
      { message: 'admission webhook "w.example.com" denied the request: hunter2 is weak' },
      'admission webhook "w.example.com" denied the request',
    ],
    [400, { message: 'strict decoding error: hunter2' }, 'the message is withheld'],
    [502, 'hunter2', 'the message is withheld'],
    [
      403,
      { message: 'secrets "keys" is forbidden: User "ci" cannot patch resource "secrets"' },
      'User "ci" cannot patch',
    ],
  ])('of a Secret tells reason and field, never a value: %i %j', (code, body, told) => {
    const { message } = refuse(code, body, secret);
    expect(message).toContain(told);
    expect(message).not.toContain('hunter2');
  });
});

describe('unreachableError', () => {
  it.each([
    ['ENOTFOUND', 'its host name cannot be resolved (ENOTFOUND)'],
    ['ECONNREFUSED', 'the connection is refused (ECONNREFUSED)'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no connection comes about'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its TLS certificate is not trusted'],
    ['CERT_HAS_EXPIRED', 'its TLS certificate is not trusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'the TLS handshake fails'],
    ['ECONNRESET', 'the connection was cut'],
  ])('says in plain words what %s means', (code, told) => {
    const error = unreachableError(server, purpose, Object.assign(new Error('x'), { code }));
    expect(error).toMatchObject({ code: 'cluster-unreachable', retryable: true, hint: expect.stringMatching(/\w/) });
    expect(error.message).toContain(`server-side apply failed: cluster "dev" (https://dev.example.com): ${told}`);
  });
});
