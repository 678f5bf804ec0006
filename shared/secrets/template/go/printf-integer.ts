import { type Directive, pad, padNumber } from './printf-pad.ts';
import { quoteRune } from './quote.ts';
import { encodeText } from './utf8.ts';
import type { GoInteger } from './value.ts';

const bases: { readonly [verb: string]: { readonly radix: number; readonly prefix: string } } = {
  v: { radix: 10, prefix: '' },
  d: { radix: 10, prefix: '' },
  b: { radix: 2, prefix: '0b' },
  o: { radix: 8, prefix: '0' },
  O: { radix: 8, prefix: '' },
  x: { radix: 16, prefix: '0x' },
  X: { radix: 16, prefix: '0X' },
};

/** An integer for one directive; undefined where the verb does not fit. */
export function formatInteger({ value }: GoInteger, directive: Directive): string | undefined {
  const { verb, flags } = directive;
  const base = bases[verb];
  if (base !== undefined) return formatBase(value, base, directive);
  if (verb === 'c') return pad(toCharacter(value), directive);
  if (verb === 'q') return pad(quoteRune(Number(value), { onlyAscii: flags.includes('+') }), directive);
  if (verb === 'U') return pad(toCodePoint(value, flags), directive);
  return undefined;
}

function formatBase(
  value: bigint,
  base: { readonly radix: number; readonly prefix: string },
  directive: Directive,
): string {
  const { verb, flags, precision } = directive;
  const digits = (value < 0n ? -value : value).toString(base.radix).padStart(precision ?? 0, '0');
  const shown = precision === 0 && value === 0n ? '' : digits;
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? base.prefix : '';
  const sign = value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const plain = precision === undefined ? directive : { ...directive, flags: flags.replaceAll('0', '') };
  return padNumber({ sign: sign + prefix, body: verb === 'X' ? shown.toUpperCase() : shown }, plain);
}

function toCharacter(value: bigint): string {
  const isValid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return encodeText(isValid ? String.fromCodePoint(Number(value)) : '\u{fffd}');
}

function toCodePoint(value: bigint, flags: string): string {
  const hex = `U+${BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(4, '0')}`;
  return flags.includes('#') ? `${hex} '${toCharacter(value)}'` : hex;
}
