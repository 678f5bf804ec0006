import { describe, expect, it } from '@jest/globals';
import { checkTemplate, isDeterministic, keysReadBy } from '../../../../shared/secrets/template/inspect-template.ts';

const reads = [
  ['plain', []],
  ['{{ .a }}-{{ .b | upper }}', ['a', 'b']],
  ['{{ index . "a-b" }}{{ index $ "c" }}', ['a-b', 'c']],
  ['{{ $.a }}{{ (.).b }}', ['a', 'b']],
  ['{{ if .a }}{{ .b }}{{ else }}{{ .c }}{{ end }}', ['a', 'b', 'c']],
  ['{{ with .a }}{{ .x }}{{ $.b }}{{ else }}{{ .c }}{{ end }}', ['a', 'b', 'c']],
  ['{{ range list .a }}{{ . }}{{ .x }}{{ end }}', ['a']],
  ['{{ (fromJson .a).b }}', ['a']],
  ['{{ $x := .a }}{{ $x }}', ['a']],
  ['{{ .é }}', ['é']],
] as const;

const hidden = [
  '{{ . }}',
  '{{ toJson . }}',
  '{{ range $k, $v := . }}{{ end }}',
  '{{ $x := . }}{{ $x.a }}',
  '{{ index . .a }}',
  '{{ template "x" . }}{{ define "x" }}{{ .a }}{{ end }}',
  '{{ with . }}{{ .a }}{{ end }}',
  '{{ . | toYaml }}',
  '{{ broken',
];

describe('The keys that a template reads', () => {
  it.each(reads)('are known: %s', (text, keys) => {
    expect([...keysReadBy(text)].sort()).toEqual([...keys].sort());
  });

  it.each(hidden)('are all keys where they cannot be known: %s', (text) => {
    expect(keysReadBy(text)).toBe('all');
  });
});

describe('A template', () => {
  const changing = [
    'now',
    'randAlpha 5',
    'uuidv4',
    'genCA "x" 1',
    'htpasswd "a" "b"',
    'encryptAES "k" .a',
    'ago 0',
    'shuffle .a',
  ];

  it.each(changing)('is not the same each time when it calls {{ %s }}', (call) => {
    expect(isDeterministic(`a{{ if .b }}{{ ${call} }}{{ end }}`, 'external-secrets')).toBe(false);
    expect(isDeterministic(`{{ upper (print (${call})) }}`, 'external-secrets')).toBe(false);
  });

  it('is the same each time without such a call', () => {
    expect(
      isDeterministic('{{ .a | b64enc | upper }}{{ derivePassword 1 "pin" .a "u" "s" }}', 'external-secrets'),
    ).toBe(true);
    expect(isDeterministic('{{ "now" }}', 'external-secrets')).toBe(true);
  });

  it('is checked without any values, and unknown functions are named', () => {
    expect(() => checkTemplate('key', '{{ .a | upper }}', 'external-secrets')).not.toThrow();
    expect(() => checkTemplate('key', 'x\n{{ toYaml . }}', 'sealed-secrets')).toThrow(
      'template key:2:4: there is no function "toYaml"',
    );
    expect(() => checkTemplate('key', '{{ expandenv "x" }}', 'external-secrets')).toThrow(
      'there is no function "expandenv"',
    );
  });
});
