import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidManifest } from '../../../shared/errors.ts';
import { canonicalJson, type Json } from '../../../shared/model/json.ts';
import { formatYaml, parseYaml, parseYamlDocuments } from '../../../shared/model/yaml.ts';
import { processorTime } from '../../support/processor-time.ts';

/**
 * What sigs.k8s.io/yaml v1.6.0 makes of each text (its first document), or null for an error. Made by a Go program that reads
 * JSON strings from standard input, one a line, and prints `yaml.YAMLToJSON([]byte(text))` for each:
 * `go run . < texts.jsonl` with `require sigs.k8s.io/yaml v1.6.0` in go.mod.
 */
const rows = JSON.parse(
  readFileSync(new URL('../../fixtures/render/yaml-as-go.json', import.meta.url), 'utf8'),
) as readonly (readonly [string, string | null])[];

/** Where we differ on purpose: a key is refused when it is written twice, and an integer when it cannot be kept exactly. */
const refusedHere = [
  'a: 1\na: 2',
  'a: {b: 1, b: 2}',
  '1: a\n"1": b',
  'true: a\n"true": b',
  'a: 1\n"a": 2',
  'v: 12345678901234567890',
  'v: 9007199254740993',
  'v: -9223372036854775808',
  'v: 18446744073709551615',
];
/** Valid YAML 1.2 or JSON that Go refuses. */
const readHere = [
  '%YAML 1.2\n---\na: yes',
  'a: "\\x41\\u0041\\U00000041\\e\\/"',
  'a: "\\ud83d\\ude00"',
  'a: !!timestamp x',
];

const read = (text: string): Json => parseYamlDocuments(text, 'file.yaml')[0]?.value ?? null;
const problem = (text: string): string => {
  try {
    parseYamlDocuments(text, 'file.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidManifest);
    return (error as Error).message;
  }
  return 'no error';
};

describe('YAML as Go reads it', () => {
  const alike = rows.filter(([text]) => !refusedHere.includes(text) && !readHere.includes(text));

  it.each(alike.filter(([, json]) => json !== null))('reads %j as %s', (text, json) => {
    expect(canonicalJson(read(text))).toBe(canonicalJson(JSON.parse(json as string) as Json));
  });

  it.each(alike.filter(([, json]) => json === null).map(([text]) => text))('refuses %j', (text) => {
    expect(problem(text)).toMatch(/^file\.yaml:\d+: ./);
  });

  it.each(refusedHere)('refuses %j, though Go reads it', (text) => {
    expect(problem(text)).toMatch(/^file\.yaml:\d+: (?:key ".+" is written twice|the integer is too large)/);
  });

  it.each(readHere)('reads %j, though Go refuses it', (text) => {
    expect(read(text)).not.toBeNull();
  });

  it('keeps the bounds of a JSON schema as the floating point numbers that they are', () => {
    expect(read('maximum: 9223372036854775807')).toEqual({ maximum: Number('9223372036854775807') });
  });
});

describe('hostile YAML', () => {
  const laughs = (levels: number): string =>
    ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]']
      .concat(
        Array.from(
          { length: levels },
          (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]`,
        ),
      )
      .join('\n');

  it('refuses a billion laughs within a moment', () => {
    const took = processorTime(() =>
      expect(problem(laughs(9))).toMatch(/^file\.yaml:\d+: its aliases stand for more than 10 MB of values$/),
    );
    expect(took).toBeLessThan(2_000);
  });

  it('refuses one long text that is named very often', () => {
    const text = `a: &a ${'x'.repeat(100_000)}\nb: [${Array.from({ length: 200 }, () => '*a').join(', ')}]`;
    expect(problem(text)).toContain('more than 10 MB');
  });

  it('reads modest aliases', () => {
    expect(read(laughs(2))).toHaveProperty('a2');
  });

  it('refuses nesting that is deeper than any manifest', () => {
    expect(problem(`a: ${'['.repeat(5_000)}`)).toMatch(/^file\.yaml:1: /);
  });

  it('keeps a key __proto__ away from the prototype', () => {
    const value = read('__proto__: {polluted: true}\nkind: x') as { readonly polluted?: boolean };
    expect(value.polluted).toBeUndefined();
    expect(Object.keys(value as object)).toEqual(['__proto__', 'kind']);
  });

  it('ends soon on thousands of under-indented lines', () => {
    expect(processorTime(() => problem(`a:\n  b: "${'x\n'.repeat(100_000)}"`))).toBeLessThan(10_000);
  });
});

describe('errors of YAML', () => {
  it.each([
    ['a: 1\nb: c: d', 'file.yaml:2: '],
    ['a: 1\n---\nb: 2\nb: 3', 'file.yaml:4: key "b" is written twice in one mapping'],
    ['a: .inf', 'file.yaml:1: JSON has neither infinity nor NaN; put it in quotes'],
    ['a: 1\nb: *x', 'file.yaml:2: alias *x has no anchor &x before it'],
    ['? [a]\n: b', 'file.yaml:1: a key must be text, not a list, a mapping or null'],
    ['\ta: b', 'file.yaml:1: '],
  ])('names the line of what is wrong in %j', (text, message) => {
    expect(problem(text).startsWith(message)).toBe(true);
  });

  it('wants one document where one is asked for', () => {
    expect(() => parseYaml('a: 1\n---\nb: 1', 'Chart.yaml')).toThrow(
      'Chart.yaml:3: one document is wanted, not several',
    );
    expect(parseYaml('# nothing\n', 'Chart.yaml')).toBeNull();
  });
});

describe('YAML that is written', () => {
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(
        null,
        true,
        false,
        'yes',
        '010',
        '1e3',
        '~',
        '',
        'y',
        '- a',
        'x: y',
        ' lead',
        'a\nb\n',
        '2001-01-01',
        '<<',
      ),
      fc.integer(),
      fc.string({ unit: 'grapheme-ascii' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(json, (value) => expect(canonicalJson(parseYaml(formatYaml(value), 'f'))).toBe(canonicalJson(value))),
    );
  });

  it('has sorted keys, lists at the level of their key, quotes where they are needed, and no folded lines', () => {
    const value = {
      spec: { list: [{ b: 1, a: 'yes' }], long: `${'word '.repeat(60)}end`, text: 'x\ny\n' },
      kind: 'A',
      gone: undefined,
    };
    const lines = [
      'kind: A',
      'spec:',
      '  list:',
      '  - a: "yes"',
      '    b: 1',
      `  long: ${'word '.repeat(60)}end`,
      '  text: |',
      '    x',
      '    y',
      '',
    ];
    expect(formatYaml(value)).toBe(lines.join('\n'));
  });
});
