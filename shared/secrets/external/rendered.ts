import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { parseYaml } from '../../model/yaml.ts';
import { keysReadBy } from '../template/inspect-template.ts';
import { decodeValue } from './decode.ts';
import type { Known } from './evaluation.ts';
import type { Decoding } from './external-secret.ts';
import type { Values } from './values.ts';

/** A template as it stands in an ExternalSecret. */
export type TemplateText = { readonly name: string; readonly text: string };

/** Renders one template with the values as its data; a key that is not there is an error. */
export function renderText({ name, text }: TemplateText, values: Values, known: Known): Uint8Array {
  const { renderTemplate, now, randomBytes } = known;
  return renderTemplate({
    name,
    text,
    data: values,
    missingKey: 'error',
    flavour: 'external-secrets',
    now,
    randomBytes,
  });
}

/** Whether a template reads any of the values, as far as that can be known. */
export function readsValues({ text }: TemplateText): boolean {
  if (!text.includes('{{')) return false;
  const keys = keysReadBy(text);
  return keys === 'all' || keys.size > 0;
}

/** The value of rendered YAML, as Go's sigs.k8s.io/yaml reads it; of what is wrong only the line is told. */
export function readRenderedYaml(name: string, rendered: Uint8Array): Json {
  let line = 1;
  try {
    return parseYaml(Buffer.from(rendered).toString('utf8'), (at) => {
      line = at;
      return name;
    });
  } catch {
    throw new SecretError(
      'secret-template',
      `template ${name}: what it renders is not YAML, from line ${line} of the result on`,
      {
        hint: 'put each value in quotes: {{ .key | quote }}; a number of more than 15 digits needs them too',
      },
    );
  }
}

/** Rendered YAML as keys and texts: numbers, booleans and nulls become text as Go prints them. */
export function readKeysAndValues(
  name: string,
  rendered: Uint8Array,
  decoding: Decoding,
): ReadonlyMap<string, Uint8Array> {
  const value = readRenderedYaml(name, rendered) ?? {};
  if (!isJsonObject(value)) throw noMap(name);
  const source = Buffer.from(rendered).toString('utf8');
  const pairs = Object.entries(value).map(([key, member]) => {
    const text = toText(member ?? null, source);
    if (text === undefined) throw noMap(name);
    return [key, decodeValue(decoding, new Uint8Array(Buffer.from(text, 'utf8')))] as const;
  });
  return new Map(pairs);
}

function noMap(name: string): SecretError {
  return new SecretError(
    'secret-template',
    `template ${name}: what it renders is not a map of keys and single values`,
    {
      hint: 'render lines of "key: value", each value in quotes',
    },
  );
}

function toText(value: Json, source: string): string | undefined {
  if (value === null) return '';
  if (typeof value === 'number') return isFloatIn(source, value) ? toGoFloat(value) : String(value);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Whether a number is written as a floating point number, which Go prints in another way than an integer. */
function isFloatIn(source: string, value: number): boolean {
  if (!Number.isInteger(value)) return true;
  if (Math.abs(value) < 1_000_000) return false;
  const floats = source.match(/[-+]?[0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)/g) ?? [];
  return floats.some((written) => Number(written.replaceAll('_', '')) === value);
}

const digitsOfFloat32 = 9;

/** Go's `%g` of a 32-bit float in the fewest digits: that is what sigs.k8s.io/yaml makes of a float where text is wanted. */
function toGoFloat(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '+Inf' : '-Inf';
  const precisions = Array.from({ length: digitsOfFloat32 }, (_, index) => index);
  const shortest =
    precisions.map((digits) => single.toExponential(digits)).find((text) => Math.fround(Number(text)) === single) ??
    single.toExponential();
  const [digits = '', exponent = '0'] = shortest.split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(shortest));
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
