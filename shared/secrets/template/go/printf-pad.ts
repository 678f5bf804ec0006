import { toRunes } from './utf8.ts';

/** One directive of a format: `%-08.3f`. */
export type Directive = {
  readonly verb: string;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
};

/** A number in its width: zeros come after the sign. */
export function padNumber(
  { sign, body }: { readonly sign: string; readonly body: string },
  directive: Directive,
): string {
  const { flags, width = 0 } = directive;
  if (flags.includes('0') && !flags.includes('-')) return sign + body.padStart(width - sign.length, '0');
  return pad(sign + body, directive);
}

/** A text in its width, counted in runes. */
export function pad(text: string, { flags, width }: Directive): string {
  if (width === undefined) return text;
  const missing = width - toRunes(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}
