import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  extractedBytes,
  goJson,
  jsonObjectEntries,
  mergedBytes,
  readJson,
} from '../../../../shared/secrets/json/json-tree.ts';
import { plainNumber } from '../../../../shared/secrets/json/number-text.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const rewritten = (text: string, escapeHtml = true) => {
  const tree = readJson(bytes(text));
  return tree === undefined ? undefined : goJson(tree, { escapeHtml });
};

describe('a JSON text', () => {
  it.each([
    '',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{"a" 1}',
    '[1 2]',
    '01',
    '1.',
    '.5',
    '+1',
    'nul',
    '"\t"',
    '"\\x"',
    '"\\u12"',
    '{} {}',
    '[1,]',
    'NaN',
    '\ufeff{}',
  ])('that is not to the letter is none: %j', (text) => {
    expect(readJson(bytes(text))).toBeUndefined();
  });

  it('that is nested beyond all measure is none, and nothing breaks', () => {
    expect(readJson(bytes('['.repeat(100_000)))).toBeUndefined();
    expect(readJson(bytes(`${'['.repeat(900)}${']'.repeat(900)}`))).toBeDefined();
  });

  it('is read exactly where JSON.parse reads it, to the same value', () => {
    const broken = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, more]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + more + text.slice(place + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken), (text) => {
        const clean = Buffer.from(text).toString();
        let parsed: unknown;
        try {
          parsed = JSON.parse(clean);
        } catch {
          expect(readJson(bytes(clean))).toBeUndefined();
          return;
        }
        expect(JSON.parse(rewritten(clean) ?? '')).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the last of several members of one name, as Go does', () => {
    expect([...(jsonObjectEntries(bytes('{"a":1,"b":2,"a":3}')) ?? [])].map(([key, { raw }]) => key + raw)).toEqual([
      'b2',
      'a3',
    ]);
  });
});

// Taken from Go 1.26's encoding/json.
describe('JSON as Go writes it', () => {
  it.each([
    ['{"b":1,"a":[ 1 , 2 ],"B":{}}', '{"B":{},"a":[1,2],"b":1}'],
    ['"<a&b>\u2028"', '"\\u003ca\\u0026b\\u003e\\u2028"'],
    ['"\\u00e9\\b\\f\\u0001\\u007f/\\/"', '"é\\b\\f\\u0001\u007f//"'],
    ['[1.0,1e3,1e21,1e-7,0.10,-0.0,12345678901234567890]', '[1,1000,1e+21,1e-7,0.1,-0,12345678901234567890]'],
    ['"\\ud83d\\ude00 \\ud83d"', '"😀 \ufffd"'],
  ])('of %j is %s', (text, written) => {
    expect(rewritten(text)).toBe(written);
  });

  it('leaves the signs of HTML alone where that is wanted', () => {
    expect(rewritten('"<>&"', false)).toBe('"<>&"');
  });
});

describe('a value', () => {
  it.each([
    ['"a\\nb"', 'a\nb', 'a\nb'],
    ['1.50', '1.50', '1.5'],
    ['1e400', '1e400', '1e400'],
    ['true', 'true', 'true'],
    ['null', '', ''],
    ['{ "b" : 1, "a":"<" }', '{ "b" : 1, "a":"<" }', '{"a":"\\u003c","b":1}'],
  ])('%s is extracted as %j and merged as %j', (text, extracted, merged) => {
    const tree = readJson(bytes(text));
    if (tree === undefined) throw new Error('it is no JSON');
    expect(Buffer.from(extractedBytes(tree)).toString()).toBe(extracted);
    expect(Buffer.from(mergedBytes(tree)).toString()).toBe(merged);
  });

  it.each([
    ['1e21', '1000000000000000000000'],
    ['1.5e300', `15${'0'.repeat(299)}`],
    ['1e-7', '0.0000001'],
    ['123.4560', '123.456'],
    ['-1.25e2', '-125'],
    ['9007199254740993', '9007199254740993'],
  ])('that is a number is printed without exponent: %s', (raw, printed) => {
    expect(plainNumber(raw)).toBe(printed);
  });
});
