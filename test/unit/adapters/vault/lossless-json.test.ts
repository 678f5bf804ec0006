import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { goJson, type Lossless, parseLossless } from '../../../../shared/adapters/vault/lossless-json.ts';

const rewritten = (text: string): string => goJson(parseLossless(text) as Lossless);

describe('a value of Vault', () => {
  it.each([
    ['12345678901234567890'],
    ['-9223372036854775808'],
    ['1.0'],
    ['1e3'],
    ['0.1000000000000000055'],
    ['123456789012345678901234567890.5'],
  ])('keeps the number %s as it is written', (number) => {
    expect(rewritten(`{"a": ${number}, "b": [${number}]}`)).toBe(`{"a":${number},"b":[${number}]}`);
  });

  it.each([
    ['{"b":1, "a":{"d":null,"c":true}}', '{"a":{"c":true,"d":null},"b":1}'],
    ['{"10":1,"9":2,"2":3}', '{"10":1,"2":3,"9":2}'],
    ['{"\\ud83d\\udd11":1,"\\uff5e":2}', '{"\uff5e":2,"\u{1f511}":1}'],
    ['{"a":"<b>&\\u2028\\u2029"}', '{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029"}'],
    ['{"<":"\\b\\f\\n\\u0001\\u007f/\\/"}', '{"\\u003c":"\\b\\f\\n\\u0001\u007f//"}'],
    ['{"a":"\\ud800"}', '{"a":"\ufffd"}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"__proto__":{"a":1},"constructor":2}', '{"__proto__":{"a":1},"constructor":2}'],
    ['[]', '[]'],
    ['{}', '{}'],
  ])('is written as Go writes it: %s', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });

  it('means the same afterwards, whatever it is, and is written alike the second time', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const once = rewritten(text);
        expect(JSON.parse(once)).toEqual(JSON.parse(text));
        expect(rewritten(once)).toBe(once);
      }),
    );
  });

  it.each(['', '{', '{"a":c4n4ry}', 'c4n4ry', '['.repeat(200_000)])('is none when it is no JSON', (text) => {
    expect(parseLossless(text)).toBeUndefined();
  });
});
