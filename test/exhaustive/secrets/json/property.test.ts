import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openJson, propertyIn, propertyOf } from '../../../../shared/secrets/json/property.ts';

// What gjson v1.18.0 makes of each path, in base64; a case without value is one that does not exist. Frozen from a Go program that
// reads {json, path} from standard input and prints Get(json, path).Exists() and .String().
type Document = {
  readonly name: string;
  readonly json: string;
  readonly cases: readonly { readonly path: string; readonly value?: string }[];
};
const documents: readonly Document[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/gjson/cases.json', import.meta.url), 'utf8'),
);
const cases = documents.flatMap(({ name, json, cases: own }) => own.map((one) => ({ name, json, ...one })));

const look = (json: string, property: string): string | undefined => {
  const answer = propertyOf(Buffer.from(json), property);
  return answer.found ? Buffer.from(answer.bytes).toString() : undefined;
};

describe('a property of a JSON text', () => {
  it.each(cases)('is what gjson gives: $name, $path', ({ json, path, value }) => {
    const answer = propertyOf(Buffer.from(json), path);
    expect(answer.found ? Buffer.from(answer.bytes).toString('base64') : undefined).toBe(value);
  });

  it.each([
    { property: 'a.b', json: '{"a":{"b":1},"a.b":2}', value: '2' },
    { property: 'x|y', json: '{"x|y":"piped name"}', value: 'piped name' },
    { property: '@this', json: '{"@this":"modifier name"}', value: 'modifier name' },
    { property: '#', json: '{"#":"hash"}', value: 'hash' },
    { property: 'a*', json: '{"ab":1,"a*":2}', value: '2' },
    { property: 'ключ', json: '{"ключ":"да"}', value: 'да' },
    { property: '__proto__', json: '{"__proto__":"plain"}', value: 'plain' },
    { property: '@type', json: '{"@type":"no modifier of that name"}', value: 'no modifier of that name' },
  ])('is first looked for under its whole name: $property', ({ property, json, value }) => {
    expect(look(json, property)).toBe(value);
  });

  it.each([
    { property: '@this', refused: 'the modifier @this' },
    { property: 'a.@keys', refused: 'the modifier @keys' },
    { property: 'a.@pretty:{"indent":1}', refused: 'the modifier @pretty' },
    { property: 'a|b', refused: 'a pipe (|)' },
    { property: 'a.#(b|c==1).d', refused: 'a pipe (|)' },
    { property: '[a,b]', refused: 'a multipath ([)' },
    { property: 'a.{b,c}', refused: 'a multipath ({)' },
    { property: '..#', refused: 'JSON lines (..)' },
    { property: '!"x"', refused: 'a literal (!)' },
  ])('is not guessed where the path asks for more than is supported: $property', ({ property, refused }) => {
    expect(propertyOf(Buffer.from('{"a":{"b":1}}'), property)).toEqual({ found: false, refused });
  });

  it('may be escaped, so that none of the signs means anything', () => {
    expect(look('{"a":{"b|c":1}}', 'a.b\\|c')).toBe('1');
  });

  it('is not there in bytes that are no JSON', () => {
    expect(propertyOf(Uint8Array.of(0, 255, 123, 34, 97, 7), 'a')).toEqual({ found: false });
  });

  it('is the same for every text of plain names, whatever JSON.parse can read', () => {
    const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.string());
    fc.assert(
      fc.property(object, (members) => {
        const json = JSON.stringify(members);
        for (const [key, value] of Object.entries(members)) expect(look(json, key)).toBe(Buffer.from(value).toString());
      }),
    );
  });

  it('takes time in proportion to the text: ten thousand of ten thousand', () => {
    const members = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`key-${index}`, `value-${index}`]),
    );
    const opened = openJson(Buffer.from(JSON.stringify(members)));
    for (const [key, value] of Object.entries(members)) {
      const answer = propertyIn(opened, key);
      expect(answer.found && Buffer.from(answer.bytes).toString()).toBe(value);
    }
  });

  it('cannot be made slow by a pattern', () => {
    expect(look(`{"${'a'.repeat(20_000)}":1}`, `${'a*'.repeat(50)}b`)).toBeUndefined();
  });
});
