import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStatus } from '../../../../shared/adapters/kubernetes/api-status.ts';
import { type Purpose, refusedError, unreachableError } from '../../../../shared/adapters/kubernetes/failures.ts';
import { createMarkerSearch } from '../../../support/secrets/search-markers.ts';

const marker = 'Rk7wPz3QvN5xT1cB';
const search = createMarkerSearch({ marker });
const server = { name: 'dev', server: 'https://dev.example.com' };
const purpose: Purpose = { subject: 'Secret shop/db', verb: 'apply', secret: true };
const shown = (error: unknown): string =>
  inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });

/** Sentences that an API server, a webhook or a proxy says, with a value in them. */
const sentences = [
  marker,
  `Secret "db" is invalid: metadata.labels: Invalid value: "${marker}": a valid label must …`,
  `admission webhook "policy.example.com" denied the request: password ${marker} is weak`,
  `admission webhook "policy.example.com" denied the request: User "app" cannot set ${marker}`,
  `admission webhook "policy.example.com" denied the request: .data.x: expected ${marker}`,
  `admission webhook "${marker} x" denied the request`,
  `something: User "app" cannot set password ${marker}`,
  `secrets "db" is forbidden: User "app" cannot patch resource "secrets" in API group "" in the namespace "shop": ${marker}`,
  `Operation cannot be fulfilled on secrets "db": ${marker}`,
  `failed to create typed patch object (shop/db; /v1, Kind=Secret): .data.key: expected string, got &value.valueUnstructured{Value:"${marker}"}`,
  `json: cannot unmarshal string "${marker}" into Go struct field: illegal base64 data at input byte 4`,
];

describe('An error about a request with secret values', () => {
  it('shows none of them, whatever and whoever answers', () => {
    const word = fc.constantFrom(marker, 'Invalid', 'FieldValueInvalid', '', `x ${marker}`);
    const cause = fc.record({ reason: word, field: fc.constantFrom('data', 'metadata.labels', ''), message: word });
    const status = fc.record({
      kind: fc.constantFrom('Status', 'Other'),
      message: fc.constantFrom(...sentences),
      reason: word,
      details: fc.record({ name: word, kind: word, causes: fc.array(cause, { maxLength: 2 }) }),
    });
    const codes = fc.constantFrom(400, 401, 403, 404, 409, 422, 429, 500, 503, 504);
    fc.assert(
      fc.property(
        codes,
        fc.oneof(
          status.map((value) => JSON.stringify(value)),
          fc.constantFrom(...sentences),
        ),
        (code, body) => {
          const error = refusedError(server, purpose, parseStatus({ status: code, headers: {}, body }));
          expect(search.search(shown(error), 'the error')).toEqual([]);
        },
      ),
    );
  });

  it('still says what the API server says of fields, rights and conflicts', () => {
    const message = (body: object): string =>
      refusedError(
        server,
        purpose,
        parseStatus({ status: 403, headers: {}, body: JSON.stringify({ kind: 'Status', ...body }) }),
      ).message;
    const right =
      'secrets "db" is forbidden: User "app" cannot patch resource "secrets" in API group "" in the namespace "shop"';
    expect(message({ message: right, reason: 'Forbidden' })).toContain(`(403 Forbidden): ${right}`);
    const causes = [{ reason: 'FieldValueTooLong', field: 'data', message: 'may not be more' }];
    expect(message({ message: 'x', details: { causes } })).toContain('data: FieldValueTooLong');
  });

  it('keeps nothing of what a parser of HTTP throws', () => {
    const thrown = Object.assign(new Error(`bad header ${marker}`, { cause: new Error(marker) }), {
      data: marker,
      code: 'HPE_INVALID',
    });
    for (const error of [thrown, new Error(`proxy says ${marker}`), new Error(marker)])
      expect(search.search(shown(unreachableError(server, purpose, error)), 'the error')).toEqual([]);
  });
});
