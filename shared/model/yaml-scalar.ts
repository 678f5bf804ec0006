/** A plain scalar's value. A bigint is an integer that a JSON number of this program would round. */
export type Scalar = null | boolean | number | string | bigint;

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

const canBeNumber = /^[-+.0-9]/;
const smallInteger = /^-?(?:0|[1-9][0-9]{0,14})$/;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const int64 = { lowest: -(2n ** 63n), highest: 2n ** 64n - 1n };

/** What Go's YAML 1.1 parser makes of a plain scalar: `y` is true, `010` is 8, `1_000` is 1000, a date stays text. */
export function resolvePlain(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  return canBeNumber.test(text) ? resolveNumber(text) : text;
}

function resolveNumber(text: string): Scalar {
  if (smallInteger.test(text)) return Number(text) + 0;
  const digits = text.startsWith('._') ? text : text.replaceAll('_', '');
  const whole = integer.exec(digits);
  const value = whole === null ? undefined : toBigInt(whole[1] ?? '', whole[2] ?? '');
  if (value !== undefined && value >= int64.lowest && value <= int64.highest) return toSafe(value);
  const number = float.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

function toBigInt(sign: string, digits: string): bigint {
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return sign === '-' ? -value : value;
}

function toSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

type TagRule = (text: string) => Scalar | undefined;

const only =
  (isWanted: (value: Scalar) => boolean): TagRule =>
  (text) => {
    const value = resolvePlain(text);
    return isWanted(value) ? value : undefined;
  };

const tagRules: ReadonlyMap<string, TagRule> = new Map<string, TagRule>([
  ['null', only((value) => value === null)],
  ['bool', only((value) => typeof value === 'boolean')],
  ['int', only((value) => typeof value === 'bigint' || Number.isInteger(value))],
  ['float', only((value) => typeof value === 'bigint' || typeof value === 'number')],
  ['binary', decodeBinary],
]);

/** The value of a scalar with a tag such as `!!str`; unknown tags mean text. Undefined: the text does not fit the tag. */
export function resolveTagged(tag: string, text: string): Scalar | undefined {
  const rule = tagRules.get(/^(?:!!|!<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(tag)?.[1] ?? '');
  return rule === undefined ? text : rule(text);
}

function decodeBinary(text: string): string | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (character) => character.charCodeAt(0)));
}
