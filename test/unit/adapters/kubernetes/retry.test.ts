import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStatus } from '../../../../shared/adapters/kubernetes/api-status.ts';
import {
  codeOf,
  delayBeforeRetry,
  type FailureKind,
  failureKind,
  retryAfterOf,
} from '../../../../shared/adapters/kubernetes/retry.ts';
import { RequestTimeout } from '../../../../shared/adapters/kubernetes/send.ts';

const status = (code: number, body: object = {}) =>
  parseStatus({ status: code, headers: {}, body: JSON.stringify({ kind: 'Status', ...body }) });
const named = { details: { name: 'web', kind: 'deployments' } };
const fieldConflict = { reason: 'Conflict', details: { causes: [{ reason: 'FieldManagerConflict' }] } };
const half = { random: () => 0.5 };

describe('A failure passes, or does not', () => {
  it.each([
    { title: 'too many requests', code: 429, kind: 'overloaded' },
    { title: 'an internal error', code: 500, kind: 'failing' },
    { title: 'a gateway without a server', code: 502, kind: 'failing' },
    { title: 'a gateway’s time-out', code: 504, kind: 'failing' },
    {
      title: 'a manifest that has no valid type',
      code: 500,
      body: { message: 'failed to create typed patch object (…): .a: …' },
      kind: undefined,
    },
    { title: 'a path that is not served yet', code: 404, kind: 'unserved' },
    { title: 'an absent object', code: 404, body: named, kind: undefined },
    { title: 'two writers', code: 409, body: { reason: 'Conflict' }, kind: 'conflict' },
    { title: 'two creators', code: 409, body: { reason: 'AlreadyExists' }, kind: 'conflict' },
    { title: 'another field manager', code: 409, body: fieldConflict, kind: undefined },
    { title: 'a missing right', code: 403, kind: undefined },
    { title: 'an invalid object', code: 422, kind: undefined },
  ])('$title: $kind', ({ code, body, kind }) => {
    expect(failureKind({ status: status(code, body), method: 'PATCH' })).toBe(kind);
  });

  it('a delete that meets a conflict is not repeated', () => {
    expect(failureKind({ status: status(409, { reason: 'Conflict' }), method: 'DELETE' })).toBeUndefined();
  });

  it.each([
    ['ECONNREFUSED', 'unconnected'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unconnected'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ENOTFOUND', undefined],
    ['SELF_SIGNED_CERT_IN_CHAIN', undefined],
  ])('network error %s: %s', (code, kind) => {
    expect(failureKind({ error: Object.assign(new Error('x'), { code }) })).toBe(kind);
  });

  it('a time-out passes', () => {
    expect(failureKind({ error: new RequestTimeout(10) })).toBe('late');
  });
});

describe('The delay before a retry', () => {
  it('doubles from 100 ms to 5 s, with jitter', () => {
    const delays = [1, 2, 3, 6, 7].map((count) => delayBeforeRetry(Array(count).fill('failing'), half));
    expect(delays).toEqual([50, 100, 200, 1600, 2500]);
  });

  it('is never shorter than Retry-After', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retryAfterMs, chance) => {
          const delay = delayBeforeRetry(['overloaded'], { retryAfterMs, random: () => chance });
          return delay !== undefined && delay >= retryAfterMs && delay <= retryAfterMs + 5_000;
        },
      ),
    );
  });

  it('does not come when the server asks for more than 30 s', () => {
    expect(delayBeforeRetry(['overloaded'], { ...half, retryAfterMs: 31_000 })).toBeUndefined();
  });

  it.each<[FailureKind, number]>([
    ['failing', 8],
    ['reset', 8],
    ['conflict', 5],
    ['unconnected', 4],
    ['unserved', 4],
    ['late', 3],
  ])('ends for %s with request %i', (kind, last) => {
    expect(delayBeforeRetry(Array(last - 1).fill(kind), half)).toBeDefined();
    expect(delayBeforeRetry(Array(last).fill(kind), half)).toBeUndefined();
  });
});

describe('Parts of a failure', () => {
  it.each([
    ['3', 3_000],
    ['Thu, 01 Jan 1970 00:00:12 GMT', 2_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('Retry-After %p asks for %p ms', (header, expected) => {
    expect(retryAfterOf(header, 10_000)).toBe(expected);
  });

  it('the code of an error is that of its innermost cause', () => {
    const inner = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' });
    expect(codeOf(Object.assign(new Error('outer', { cause: inner }), { code: 'UND_ERR_ABORTED' }))).toBe(
      'ECONNREFUSED',
    );
    expect(codeOf(new Error('plain'))).toBe('');
    expect(codeOf('text')).toBe('');
  });
});
