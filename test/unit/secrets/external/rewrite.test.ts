import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeValue } from '../../../../shared/secrets/external/decode.ts';
import type { Rewrite } from '../../../../shared/secrets/external/external-secret.ts';
import { compileGoRegexp, nameMatcher, replaceAllAsGo } from '../../../../shared/secrets/external/go-regexp.ts';
import { isDataKey } from '../../../../shared/secrets/external/keys.ts';
import { rewriteValues } from '../../../../shared/secrets/external/rewrite.ts';
import { renderTemplate } from '../../../../shared/secrets/template/render-template.ts';
import { countingBytes, failure } from './bed.ts';

const bytes = (values: { readonly [key: string]: string }) =>
  new Map(Object.entries(values).map(([key, value]) => [key, new Uint8Array(Buffer.from(value))]));
const context = { renderTemplate, now: new Date(0), randomBytes: countingBytes() };
const rewritten = (rewrites: readonly Rewrite[], values: { readonly [key: string]: string }) =>
  Object.fromEntries(
    [...rewriteValues(rewrites, bytes(values), context)].map(([key, value]) => [key, Buffer.from(value).toString()]),
  );

// Taken from Go 1.26's regexp.ReplaceAllString.
describe('a regular expression', () => {
  it.each([
    { source: '(a)(b)', text: 'xaby', target: '$2$1', made: 'xbay' },
    { source: '(a)(b)', text: 'ab', target: '$1_$2', made: 'b' },
    { source: '(a)(b)', text: 'ab', target: '${1}_$2', made: 'a_b' },
    { source: '(a)(b)', text: 'ab', target: '$1W', made: '' },
    { source: '(?P<svc>[a-z]+)-(?P<n>[0-9]+)', text: 'db-12', target: '${n}.${svc}', made: '12.db' },
    { source: '(?P<svc>[a-z]+)', text: 'db', target: '$svc!', made: 'db!' },
    { source: 'a', text: 'banana', target: '$$', made: 'b$n$n$' },
    { source: 'a', text: 'a', target: '$ $-', made: '$ $-' },
    { source: 'a', text: 'a', target: '${1', made: '${1' },
    { source: 'a', text: 'a', target: '$9x$10', made: '' },
    { source: '(a)', text: 'a', target: '$01', made: '' },
    { source: 'a*', text: 'baaac', target: 'x', made: 'xbxcx' },
    { source: '', text: 'ab', target: '-', made: '-a-b-' },
    { source: '^', text: 'key', target: 'p-', made: 'p-key' },
    { source: '$', text: 'key', target: '-s', made: 'key-s' },
    { source: '[^a-z]', text: 'a😀b', target: '_', made: 'a_b' },
    { source: '(x)?a', text: 'a', target: '[$1]', made: '[]' },
    { source: '(?i)KEY', text: 'key', target: 'k', made: 'k' },
    { source: '/', text: '/a/b', target: '.', made: '.a.b' },
  ])('replaces as Go does: $source of $text by $target', ({ source, text, target, made }) => {
    expect(replaceAllAsGo(compileGoRegexp(source), text, target)).toBe(made);
  });

  it.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', '[z-a]', 'a**'])(
    'is refused where RE2 has no such thing: %s',
    (source) => {
      expect(failure(() => compileGoRegexp(source)).message).toContain('RE2');
    },
  );

  it('is not anchored, and takes linear time', () => {
    expect(nameMatcher('db')('my-db-1')).toBe(true);
    expect(nameMatcher('^db')('my-db-1')).toBe(false);
    expect(nameMatcher('(a+)+$')(`${'a'.repeat(5_000)}b`)).toBe(false);
  });
});

describe('rewrite', () => {
  it('is done one after another', () => {
    const rewrites: readonly Rewrite[] = [
      { type: 'regexp', source: '^team/', target: '' },
      { type: 'transform', template: '{{ .value | upper | replace "/" "_" }}' },
    ];
    expect(rewritten(rewrites, { 'team/db/pw': '1', other: '2' })).toEqual({ DB_PW: '1', OTHER: '2' });
  });

  const merge = (more: object = {}): readonly Rewrite[] => [
    {
      type: 'merge',
      strategy: 'Extract',
      into: '',
      priority: [],
      priorityPolicy: 'Strict',
      conflictPolicy: 'Error',
      ...more,
    } as Rewrite,
  ];

  it('merges JSON objects, numbers without exponent, the rest as Go writes it', () => {
    const values = {
      b: '{"x":"y","n":1e3,"big":12345678901234567890,"f":1.50}',
      a: '{"o":{"z":"<&>","a":[1.0,null]},"t":true,"none":null}',
    };
    expect(rewritten(merge(), values)).toEqual({
      o: '{"a":[1,null],"z":"\\u003c\\u0026\\u003e"}',
      t: 'true',
      none: '',
      x: 'y',
      n: '1000',
      big: '12345678901234567890',
      f: '1.5',
    });
  });

  it('merges into one key, which holds JSON with sorted keys and no escaped signs', () => {
    expect(rewritten(merge({ strategy: 'JSON', into: 'all' }), { a: '{"z":"<","b":1e21}' })).toEqual({
      a: '{"z":"<","b":1e21}',
      all: '{"b":1e+21,"z":"<"}',
    });
  });

  it('takes keys in the order of their names, those of priority last', () => {
    const values = { a: '{"k":"a"}', b: '{"k":"b"}', c: '{"k":"c"}' };
    expect(rewritten(merge({ conflictPolicy: 'Ignore' }), values)).toEqual({ k: 'c' });
    expect(rewritten(merge({ conflictPolicy: 'Ignore', priority: ['b', 'a'] }), values)).toEqual({ k: 'a' });
    expect(
      rewritten(merge({ conflictPolicy: 'Ignore', priority: ['x'], priorityPolicy: 'IgnoreNotFound' }), values),
    ).toEqual({ k: 'c' });
  });

  it.each([
    {
      more: {},
      values: { a: '{"marker":1}', b: '{"marker":2}' },
      problem: 'merge: one key is in more than one of the objects',
    },
    { more: { priority: ['x'] }, values: { a: '{}' }, problem: 'merge: key "x" of priority is not there' },
    { more: {}, values: { a: '["marker"]' }, problem: 'merge: one of the values is not a JSON object' },
    { more: {}, values: { a: '{"marker":1,}' }, problem: 'merge: one of the values is not a JSON object' },
  ])('says what stands against merging, without names or values of theirs: $problem', ({ more, values, problem }) => {
    const { message } = failure(() => rewritten(merge(more), values as never));
    expect(message).toBe(`rewrite[0]: ${problem}`);
  });
});

describe('decoding', () => {
  it.each([
    ['Base64', 'aGk=', 'hi'],
    ['Base64', 'aG\nk=\r\n', 'hi'],
    ['Base64', '', ''],
    ['Base64URL', '_-8=', '\xff\xef'],
    ['Auto', '_-8=', '\xff\xef'],
    ['Auto', 'word', '\xc2\x8a\xdd'],
    ['Auto', 'hello', 'hello'],
    ['None', 'aGk=', 'aGk='],
  ] as const)('%s of %j is %j', (decoding, text, made) => {
    expect(Buffer.from(decodeValue(decoding, Buffer.from(text))).toString('latin1')).toBe(made);
  });

  it.each(['aGk', 'aGk==', 'a', '====', 'aG k=', 'aGk=aGk=', '_-8=', 'aGkä'])(
    'refuses what is no padded base64: %s',
    (text) => {
      expect(failure(() => decodeValue('Base64', Buffer.from(text))).message).toBe(
        'the value is not base64 with padding',
      );
    },
  );

  it('gives back every value that was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        const encoded = Buffer.from(value).toString('base64');
        expect([...decodeValue('Base64', Buffer.from(encoded))]).toEqual([...value]);
        expect([...decodeValue('Auto', Buffer.from(encoded))]).toEqual([...value]);
      }),
    );
  });
});

describe('a key', () => {
  it.each([
    ['a', true],
    ['tls.crt', true],
    ['A_b-9', true],
    ['.x', true],
    ['.', false],
    ['..', false],
    ['..a', false],
    ['a/b', false],
    ['é', false],
    ['', false],
    ['a'.repeat(254), false],
  ])('is one that Kubernetes takes or not: %s', (key, isOne) => {
    expect(isDataKey(key)).toBe(isOne);
  });
});
