import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate } from '../unit/secrets/external/bed.ts';

const marker = 'MARKER-q7Zk41xw';
/** Keys inside of values may be seen in what comes of it, since a Secret's keys are; in an error they may not. */
const keyMarker = 'KEYMARK-p3Vw88';
const number = '918273645546372819';

/** Everything that can be printed of what was thrown, or of what came back. */
const printed = (run: () => unknown): { readonly text: string; readonly isError: boolean } => {
  try {
    return { text: inspect(run(), { depth: Infinity, showHidden: true }), isError: false };
  } catch (error) {
    const shown = inspect(error, { depth: Infinity, showHidden: true, getters: true });
    return { text: shown + String(error instanceof Error ? error.stack : error), isError: true };
  }
};

const values = fc.oneof(
  fc.constantFrom(
    marker,
    `{"${keyMarker}":"${marker}","n":${number}}`,
    `{"a":"${marker}","${keyMarker}/b":"${marker}","n":${number},"o":{"${keyMarker}":["${marker}"]}}`,
    `{"a":"${marker}`,
    `[${number},"${marker}"]`,
    `${marker}: *${marker}`,
    `\0${marker}`,
    `"${marker}"`,
    Buffer.from(marker).toString('base64'),
    `${marker}${marker}=`,
    '',
  ),
  fc.string().map((text) => `${marker}${text}`),
);

const pick = (...texts: readonly string[]) => fc.constantFrom(...texts);
const remoteRef = fc.record({
  key: pick('one', 'two', 'one', 'two', 'one', 'two', 'gone'),
  property: pick('', '', '', 'a', 'a', 'n', 'a.b', 'o.#', '#(a=="x")', 'a|b', '@this'),
  decodingStrategy: pick('None', 'None', 'None', 'None', 'Base64', 'Base64URL', 'Auto'),
  nullBytePolicy: pick('Ignore', 'Ignore', 'Fail'),
});
const rewrite = fc.constantFrom<object>(
  { regexp: { source: '(.*)', target: '${1}' } },
  { regexp: { source: 'a', target: '/' } },
  { transform: { template: '{{ .value | fail }}' } },
  { transform: { template: '{{ .value | b64dec }}' } },
  { merge: {} },
  { merge: { strategy: 'JSON', into: 'all' } },
  { merge: { priority: ['one', 'x'] } },
);
const dataFrom = fc.record({
  extract: remoteRef,
  rewrite: fc.array(rewrite, { maxLength: 2 }),
});
const find = fc.record({ find: fc.constant({ name: { regexp: '.' } }), rewrite: fc.array(rewrite, { maxLength: 2 }) });
const text = pick(
  '{{ .a }}',
  '{{ fail .a }}',
  '{{ .a | fromJson }}',
  '{{ (.a | mustFromJson).x.y }}',
  '{{ urlParse .a }}',
  '{{ mustRegexMatch .a "x" }}',
  '{{ mustToDate "2006" .a }}',
  '{{ index .a 5 }}',
  '{{ .a | atoi | divf 0 }}',
  '{{ template "x" . }}',
  'a: {{ .a }}',
  '{{ .a }}: b',
  '- {{ .a }}',
  'a: {b: {{ .a }}',
  '{{ .a',
  '{{ b64dec .a | toYaml }}',
  '{{ pkcs12key .a }}',
  '{{ range . }}{{ . }}{{ end }}',
);
const template = fc.record({
  mergePolicy: pick('Replace', 'Merge'),
  data: fc.dictionary(pick('a', 'b'), text),
  metadata: fc.constantFrom({}, {}, {}, { labels: { l: '{{ .a }}' } }, { annotations: { n: '{{ fail .a }}' } }),
  templateFrom: fc.array(fc.record({ literal: text, target: pick('Data', 'Labels', 'Annotations') }), { maxLength: 2 }),
});
const target = fc.record({
  template: fc.option(template, { nil: null, freq: 1 }),
  deletionPolicy: pick('Retain', 'Merge'),
  manifest: fc.constantFrom(null, null, null, { apiVersion: 'v1', kind: 'ConfigMap' }),
});
const spec = fc.record({
  target,
  data: fc
    .array(remoteRef, { minLength: 1, maxLength: 2 })
    .map((refs) => refs.map((ref, index) => ({ secretKey: ['a', 'b', 'c'][index], remoteRef: ref }))),
  dataFrom: fc.oneof(fc.constant([]), fc.array(fc.oneof(dataFrom, find), { maxLength: 2 })),
});

const forms = (text: string): readonly string[] => [
  text,
  text.slice(0, 8),
  text.slice(-8),
  [...text].reverse().join(''),
  Buffer.from(text).toString('hex'),
  ...[0, 1, 2].map((shift) => Buffer.from(text).subarray(shift).toString('base64').slice(0, 8)),
];

describe('what evaluating throws or gives back', () => {
  it('never shows a value, whatever is read and however it fails', () => {
    const outcomes = { errors: 0, results: 0 };
    fc.assert(
      fc.property(spec, values, values, (written, one, two) => {
        const { text: shown, isError } = printed(() => evaluate(written as never, { store: { one, two } }));
        outcomes[isError ? 'errors' : 'results'] += 1;
        const secrets = [marker, number, ...(isError ? [keyMarker] : [])].flatMap(forms);
        expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect(outcomes.errors).toBeGreaterThan(50);
    expect(outcomes.results).toBeGreaterThan(50);
  });
});
