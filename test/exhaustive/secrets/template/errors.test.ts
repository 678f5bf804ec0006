import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Leaky, templateOf } from '../../../support/secrets/leaky-templates.ts';
import { errorOf, everythingOf, type Values } from '../../../support/secrets/render-text.ts';

const value = 's3cr3t-Zq8vXw2Lr9';
const values: Values = { a: value, json: `{"k":"${value}"`, n: value };

const places = [
  ['{{ .missing }}', 'template app.yaml:1:4: there is no key "missing"'],
  ['a\nb {{ .missing }}', 'template app.yaml:2:6: there is no key "missing"'],
  ['{{ nope .a }}', 'template app.yaml:1:4: there is no function "nope"'],
  ['{{ env "HOME" }}', 'template app.yaml:1:4: there is no function "env"'],
  ['{{ getHostByName "x" }}', 'template app.yaml:1:4: there is no function "getHostByName"'],
  ['{{ required "x" .a }}', 'template app.yaml:1:4: there is no function "required"'],
  ['{{ if .a }}', 'template app.yaml:1:4: {{if}} has no {{end}}'],
  ['{{ .a', 'template app.yaml:1:6: an action is not closed'],
  ['é{{ .a | trunc "x" }}', 'template app.yaml:1:17: trunc: wants int and is given a string'],
  ['{{ fail .a }}', 'template app.yaml:1:4: fail: the template stops itself'],
  ['{{ template "x" }}', 'template app.yaml:1:4: it calls a template that is not defined'],
  ['{{ .a.b }}', 'template app.yaml:1:4: there is no field b in a string'],
  [
    '{{ hasKey . "a" }}',
    'template app.yaml:1:11: hasKey: wants map[string]interface {} and is given map[string]string',
  ],
  ['{{ mustFromJson .json }}', 'template app.yaml:1:4: mustFromJson: it is given a text that is no JSON'],
] as const;

const leaks = [
  'fail .a',
  'urlParse (print "http://h:" .a)',
  'urlParse (print "%zz" .a)',
  'mustToDate "2006" .a',
  'mustRegexMatch (print "(" .a) "x"',
  'regexFind (print "(" .a) "x"',
  'mustFromJson .json',
  'semver .a',
  'semverCompare .a "1.0.0"',
  'atoi .a | div 1',
  'decryptAES "k" .a',
  'pkcs12key .a',
  'pkcs12cert .a',
  'pkcs12keyPass .a .a',
  'pemToPkcs12 .a .a',
  'filterPEM "X" .a',
  'filterCertChain "leaf" (print "-----BEGIN X-----\\nAAAA\\n-----END X-----\\n" .a)',
  'certSANs .a',
  'jwkPublicKeyPem .json',
  'jwkPrivateKeyPem (print "{\\"kty\\":\\"" .a "\\"}")',
  'rsaDecrypt "RSA-OAEP" "SHA1" .a .a',
  'rsaDecrypt .a "SHA1" .a .a',
  'genCAWithKey "x" 1 .a',
  'genSelfSignedCert .a (list .a) nil 1',
  'buildCustomCert (b64enc .a) (b64enc .a)',
  'index . 1',
  'index .a .n',
  'lt .a 1',
  'call .a',
  'range .a }}{{ end',
  'dig .a "x" .n',
  'urlJoin (dict "host" 1 "path" .a)',
  'repeat -1 .a',
  'repeat 999999999 .a',
  'substr 5 1 .a',
  'toRawJson (float64 "nan") | print .a',
  'fromYaml (print "a: 1\\na: " .a)',
] as const;

describe('A template that fails', () => {
  it.each(places)('says where, and what is wrong: %s', (text, message) => {
    const error = errorOf(text, values);
    expect(error.message.startsWith(message)).toBe(true);
    expect([error.code, error.hint === undefined, error.cause]).toEqual(['secret-template', false, undefined]);
  });

  it.each(leaks)('shows nothing of a value: {{ %s }}', (text) => {
    const seen = everythingOf(errorOf(`{{ ${text} }}`, values));
    for (let start = 0; start + 6 <= value.length; start += 1)
      expect(seen).not.toContain(value.slice(start, start + 6));
  });

  it('never shows a value, whatever is called with it', () => {
    const template = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(template, (seeds) => {
        const leaky: Leaky = templateOf(seeds);
        const error = leaky.fail();
        for (const marker of leaky.markers) expect(everythingOf(error)).not.toContain(marker);
      }),
      { numRuns: 400 },
    );
  });
});

describe('What cannot be done exactly as in Go', () => {
  const refused = [
    ['{{ printf "%x" 1.5 }}', 'float64 in hexadecimal'],
    ['{{ printf "%[2]s" "a" "b" }}', '"*" or "[n]"'],
    ['{{ printf "%*d" 5 42 }}', '"*" or "[n]"'],
    ['{{ toYaml "\\u0085x" }}', 'line end other than'],
    ['{{ fromYaml "a: 1\\na: 2" }}', 'key twice'],
    ['{{ fromYaml "a: 123456789012345678" }}', 'too large to be kept exactly'],
    ['{{ genPrivateKey "dsa" }}', 'DSA keys'],
    ['{{ bcrypt "\\xff" }}', 'no UTF-8 text'],
    ['{{ dateInZone "MST" 0 "Europe/Berlin" }}', 'abbreviation of a time zone'],
  ] as const;

  it.each(refused)('is refused by name: %s', (text, reason) => {
    expect(errorOf(text).message).toContain(reason);
  });
});
