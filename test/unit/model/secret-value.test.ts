import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../../shared/model/json.ts';
import { revealSecret, SecretValue } from '../../../shared/model/secret-value.ts';

const text = 'T0p-Secret-Text';
const value = new SecretValue(Buffer.from(text), 'mark-of-it');
const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, showProxy: true } as const;

const written = (write: (console: Console) => void): string => {
  const stream = new PassThrough();
  write(new Console(stream, stream));
  return String(stream.read());
};

const ways: readonly (readonly [way: string, print: () => string])[] = [
  ['String()', () => String(value)],
  ['a template', () => `${value}`],
  ['concat', () => ''.concat(value as unknown as string)],
  ['join', () => [value, [value]].join()],
  ['JSON', () => JSON.stringify({ value, list: [value] })],
  ['inspect with everything', () => inspect({ value, list: [value] }, deep)],
  ['inspect without custom functions', () => inspect({ value }, { ...deep, customInspect: false })],
  ['inspect as a key and in a Map', () => inspect(new Map([[value, new Set([value])]]), deep)],
  ['inspect through a Proxy', () => inspect(new Proxy(value, {}), { ...deep, customInspect: false })],
  ['format', () => format('%s %o %O %j %d %i', value, value, value, value, value, value)],
  ['console.log', () => written((console) => console.log(value, { value }))],
  ['console.dir', () => written((console) => console.dir(value, deep))],
  ['console.table', () => written((console) => console.table([value]))],
  ['structuredClone', () => inspect(structuredClone(value), deep)],
  ['the wire format of V8', () => serialize(value).toString('latin1')],
  ['Object.entries', () => inspect([Object.entries(value), Reflect.ownKeys(value)], deep)],
  ['spread', () => inspect({ ...value }, deep)],
  ['for … in', () => inspect(Object.assign({}, value), deep)],
  ['its descriptors', () => inspect(Object.getOwnPropertyDescriptors(value), deep)],
  [
    'an error that holds it',
    () => inspect(new Error(`${value}`, { cause: { value, error: new Error('x', { cause: value }) } }), deep),
  ],
  ['an AggregateError', () => inspect(new AggregateError([value], String(value)), deep)],
  ['canonical JSON', () => canonicalJson({ value, list: [value] })],
  ['encodeURIComponent', () => encodeURIComponent(value as unknown as string)],
  ['Buffer.from', () => Buffer.from(value as unknown as string).toString('latin1')],
  [
    'a date, a number, a locale',
    () => `${Number(value)} ${value.toLocaleString()} ${new Date(value as unknown as string)}`,
  ],
];

describe('A secret value', () => {
  it.each(ways)('shows nothing of itself by %s', (_way, print) => {
    const shown = print();
    for (const form of [
      text,
      text.slice(0, 8),
      Buffer.from(text).toString('base64').slice(0, 8),
      Buffer.from(text).toString('hex'),
      '84, 48, 112',
      '84,48,112',
    ])
      expect(shown).not.toContain(form);
  });

  it('prints as one constant, whatever it holds', () => {
    const other = new SecretValue(Buffer.from('x'), 'another mark');
    const print = (each: SecretValue): unknown => [String(each), `${each}`, JSON.stringify(each), inspect(each, deep)];
    expect(print(value)).toEqual(print(other));
    expect(String(value)).toBe('<secret>');
  });

  it('is in canonical JSON by its mark', () => {
    expect(canonicalJson({ value })).toBe('{"value":{"<secret>":"mark-of-it"}}');
  });

  it('cannot be changed, and is equal to none other by looks', () => {
    expect(() => Object.assign(value, { mark: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(value, { more: 1 })).toThrow(TypeError);
    expect(Object.getPrototypeOf(value)).toBe(SecretValue.prototype);
    expect(Buffer.from(revealSecret(value)).toString()).toBe(text);
  });

  it('is opened neither by a copy of its looks nor by a Proxy', () => {
    const forged = Object.create(SecretValue.prototype, { mark: { value: 'mark-of-it' } }) as SecretValue;
    expect(() => revealSecret(forged)).toThrow(TypeError);
    expect(() => revealSecret(new Proxy(value, {}))).toThrow(TypeError);
  });
});
