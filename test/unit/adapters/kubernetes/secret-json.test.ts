import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { secretJson } from '../../../../shared/adapters/kubernetes/secret-json.ts';
import { testConceal } from '../../../support/secrets/no-secrets.ts';

const jsonOf = (data: { readonly [key: string]: string | Uint8Array }): Buffer =>
  Buffer.from(
    secretJson(new Map(Object.entries(data).map(([key, value]) => [key, testConceal(Buffer.from(value as string))]))),
  );

describe('the data of a Secret as JSON', () => {
  it.each([
    [{}, '{}'],
    [{ b: '2', a: '1', '10': 'x', '9': 'y' }, '{"10":"x","9":"y","a":"1","b":"2"}'],
    [{ a: '<&>"\\\n\u2028' }, '{"a":"<&>\\"\\\\\\n\\u2028"}'],
    [{ a: '\u00e4\u{1f511}' }, '{"a":"\u00e4\u{1f511}"}'],
  ])('is compact, with sorted keys and as Go escapes it: %j', (data, expected) => {
    expect(jsonOf(data).toString()).toBe(expected);
  });

  it('holds every byte of a value', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const json = jsonOf({ key: bytes });
        const readings = (['utf8', 'latin1'] as const).map((encoding) =>
          Buffer.from(JSON.parse(json.toString(encoding)).key as string, encoding),
        );
        expect(readings.some((reading) => reading.equals(bytes))).toBe(true);
      }),
    );
  });
});
