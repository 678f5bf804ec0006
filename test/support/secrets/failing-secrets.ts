import { externalSecret } from './manifests.ts';
import type { Markers } from './markers.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a KV store has under `shop`: values that no reading of them fits. */
export function unusableValues(markers: Markers): Readonly<Record<string, string | number>> {
  const bare = (name: string): string => markers.text(`unusable: ${name}`);
  return {
    text: bare('text'),
    special: markers.special('unusable: with everything escaped'),
    number: markers.digits('unusable: number'),
    json: `{"a": "${bare('JSON that ends too soon')}`,
    tail: `{"a": 1} ${bare('after JSON')}`,
    base64: `${bare('no base64')}*`,
    yaml: `${bare('YAML')}: *${bare('YAML alias')}`,
    url: `http://${bare('user in a URL')}:%zz@host:port/${bare('path of a URL')}`,
    regexp: `(${bare('regular expression')}[`,
    pem: `-----BEGIN PRIVATE KEY-----\n${bare('PEM')}\n-----END PRIVATE KEY-----\n`,
    zero: `\0${bare('after a NUL')}`,
    padded: ` ${bare('between spaces')} `,
    object: `{"${bare('key in JSON')}": {"b": "${bare('value in JSON')}"}}`,
    huge: `${bare('huge')}${'x'.repeat(1_100_000)}`,
  };
}

/** Templates that fail at such values, each its own way. */
export const failingTemplates: readonly string[] = [
  '{{ fail .special }}',
  '{{ fail .text }}',
  '{{ mustFromJson .json }}',
  '{{ (fromJson .tail).x.y }}',
  '{{ urlParse .url }}',
  '{{ mustRegexMatch .regexp "x" }}',
  '{{ mustRegexReplaceAll "x" .text .regexp | atoi | divf 0 }}',
  '{{ mustToDate "2006-01-02" .special }}',
  '{{ index .text 99 }}',
  '{{ index . .text }}{{ .missing }}',
  '{{ .text.field }}',
  '{{ template "none" .special }}',
  '{{ pkcs12key .base64 }}',
  '{{ jwkPrivateKeyPem .json }}',
  '{{ filterPEM "CERTIFICATE" .pem }}',
  '{{ filterCertChain "leaf" .pem }}',
  '{{ rsaDecrypt "None" "SHA1" .text .pem }}',
  '{{ rsaDecrypt .text .special .text .pem }}',
  '{{ semver .special }}',
  '{{ decryptAES .text .base64 }}',
  '{{ buildCustomCert .text .pem }}',
  '{{ bcrypt .huge }}',
  '{{ repeat 99999999 .text }}',
  '{{ printf .special 1 }}{{ call .text }}',
  '{{ get .object "x" }}',
  '{{ mustUniq .special }}',
  '{{ slice .text 5 999 }}',
  '{{ fromYaml .yaml | toYaml | fail }}',
  '{{ range $i, $c := until 3 }}{{ fail (printf "%d %s" $i $.special) }}{{ end }}',
  '{{ .text | toDate }}{{ .text',
];

const everything = { dataFrom: [{ extract: { key: 'shop' } }], data: [] };

/** ExternalSecrets that all fail, each its own way; the last part of a name says how. */
export function failingSecrets(): readonly string[] {
  const ofRow = (remoteRef: Fields, more: Fields = {}): Fields => ({
    data: [{ secretKey: 'a', remoteRef: { key: 'shop', ...remoteRef } }],
    ...more,
  });
  const rows: Readonly<Record<string, Fields>> = {
    'no-property': ofRow({ property: 'text.deeper' }),
    'no-json': ofRow({ property: 'json.a' }),
    modifier: ofRow({ property: 'object|@pretty' }),
    query: ofRow({ property: 'object.#(b=="x").b' }),
    'no-base64': ofRow({ property: 'base64', decodingStrategy: 'Base64' }),
    'no-base64url': ofRow({ property: 'special', decodingStrategy: 'Base64URL' }),
    nul: ofRow({ property: 'zero', nullBytePolicy: 'Fail' }),
    version: ofRow({ property: 'text', version: '99' }),
    gone: ofRow({ key: 'gone' }),
    'extract-text': { dataFrom: [{ extract: { key: 'shop', property: 'special' } }], data: [] },
    'extract-decoded': { dataFrom: [{ extract: { key: 'shop', decodingStrategy: 'Base64' } }], data: [] },
    'merge-text': { dataFrom: [{ extract: { key: 'shop' }, rewrite: [{ merge: {} }] }], data: [] },
    'rewrite-fails': {
      dataFrom: [{ extract: { key: 'shop' }, rewrite: [{ transform: { template: '{{ fail .value }}' } }] }],
      data: [],
    },
    'literal-yaml': {
      ...everything,
      target: { template: { templateFrom: [{ literal: '{{ .yaml }}\n{{ .text }}' }] } },
    },
    'literal-as-key': {
      ...everything,
      target: { template: { templateFrom: [{ literal: '{{ .special | quote }}: {{ .text }}' }] } },
    },
    label: { ...everything, target: { template: { metadata: { labels: { a: '{{ .special }}' } } } } },
    annotation: {
      ...everything,
      target: { template: { metadata: { annotations: { '{{ .text }}': '{{ .special }}' } } } },
    },
    type: { ...everything, target: { template: { type: 'kubernetes.io/tls', data: { 'tls.crt': '{{ .text }}' } } } },
    'too-large': ofRow({ property: 'huge' }),
  };
  const templated = failingTemplates.map((a, index): [string, Fields] => [
    `template-${index}`,
    { ...everything, target: { template: { data: { a } } } },
  ]);
  return [...Object.entries(rows), ...templated].map(([name, spec]) => externalSecret(name, {}, spec));
}
