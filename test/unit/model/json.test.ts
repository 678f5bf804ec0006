import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, jsonAt } from '../../../shared/model/json.ts';

describe('canonicalJson', () => {
  it('means the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.parse(canonicalJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { f: 3, e: 4 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"e":4,"f":3}]},"b":1}',
    );
  });

  it('leaves absent members out', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});

describe('jsonAt', () => {
  it.each([
    [['a', 0, 'b'], 7],
    [['a', 1], undefined],
    [['toString'], undefined],
    [[], { a: [{ b: 7 }] }],
  ])('%j gives %j', (path, expected) => {
    expect(jsonAt({ a: [{ b: 7 }] }, ...path)).toEqual(expected);
  });
});
