/** A number as it was written: Vault keeps integers that a float cannot hold. */
export class Numeral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON whose numbers are kept as they were written. */
export type Lossless = null | boolean | string | Numeral | readonly Lossless[] | LosslessObject;

export type LosslessObject = { readonly [key: string]: Lossless };

/** The value of a JSON text; undefined when it is none. The parser's own error quotes the text, and is dropped. */
export function parseLossless(text: string): Lossless | undefined {
  try {
    return JSON.parse(text, keepNumeral) as Lossless;
  } catch {
    return undefined;
  }
}

/** True for an object; neither null, nor an array, nor a number. */
export function isLosslessObject(value: Lossless | undefined): value is LosslessObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Numeral);
}

/** The member of an object at a path, or undefined where the path ends early. */
export function losslessAt(value: Lossless | undefined, ...path: readonly string[]): Lossless | undefined {
  let current = value;
  for (const key of path) {
    if (!isLosslessObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** Compact JSON as Go writes a map: keys sorted by their bytes, `<`, `>` and `&` escaped, numbers as they came. */
export function goJson(value: Lossless): string {
  if (typeof value === 'string') return goString(value);
  if (value instanceof Numeral) return value.text;
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isLosslessObject(value)) return String(value);
  const members = Object.entries(value).sort(([left], [right]) => compareBytes(left, right));
  return `{${members.map(([key, member]) => `${goString(key)}:${goJson(member)}`).join(',')}}`;
}

type ReviverContext = { readonly source?: string };

// The third argument is not yet in the compiler's library.
function keepNumeral(_key: string, value: unknown, ...[context]: unknown[]): unknown {
  if (typeof value !== 'number') return value;
  return new Numeral((context as ReviverContext | undefined)?.source ?? String(value));
}

function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
