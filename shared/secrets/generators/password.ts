import type { MadeOnce } from '../../model/secret-generator.ts';
import { type RandomBytes, randomSample, shuffled } from './random-pick.ts';

export type PasswordSpec = Extract<MadeOnce, { readonly type: 'password' }>;

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';

type Part = { readonly name: string; readonly from: readonly string[]; readonly count: number };

/** A password: so many digits, so many symbols, letters for the rest, in an unpredictable order, and then encoded. */
export function makePassword(spec: PasswordSpec, randomBytes: RandomBytes): Uint8Array {
  const { allowRepeat } = spec;
  const characters = partsOf(spec).flatMap(({ from, count }) =>
    randomSample(from, { count, allowRepeat }, randomBytes),
  );
  return encodings[spec.encoding](Buffer.from(shuffled(characters, randomBytes).join(''), 'utf8'));
}

/** Why no password can be as it is wanted; undefined: it can. */
export function impossiblePassword(spec: PasswordSpec): string | undefined {
  const parts = partsOf(spec);
  if (parts.some(({ count }) => count < 0)) return 'has more digits and symbols than length';
  const short = parts.find(
    ({ from, count }) => count > 0 && (from.length === 0 || (!spec.allowRepeat && count > from.length)),
  );
  return short === undefined
    ? undefined
    : `asks for ${short.count} ${short.name}, and without repeats there are ${short.from.length}`;
}

function partsOf(spec: PasswordSpec): readonly Part[] {
  return [
    {
      name: 'letters',
      from: [...(spec.noUpper ? lower : lower + upper)],
      count: spec.length - spec.digits - spec.symbols,
    },
    { name: 'digits', from: [...digits], count: spec.digits },
    { name: 'symbols', from: [...new Set(spec.symbolCharacters)], count: spec.symbols },
  ];
}

const encodings: { readonly [encoding in PasswordSpec['encoding']]: (bytes: Buffer) => Uint8Array } = {
  raw: (bytes) => new Uint8Array(bytes),
  base64: (bytes) => ascii(bytes.toString('base64')),
  base64url: (bytes) => ascii(bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')),
  base32: (bytes) => ascii(toBase32(bytes)),
  hex: (bytes) => ascii(bytes.toString('hex')),
};

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const text = groups.map((group) => base32Digits[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}
