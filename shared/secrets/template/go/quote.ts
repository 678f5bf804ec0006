import { encodeText, type Rune, toRunes } from './utf8.ts';

const named: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

/** What Go's unicode.IsPrint takes for printable. */
export function isPrintable(text: string): boolean {
  return text === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(text);
}

/** A Go string as strconv.Quote writes it: in double quotes, with Go's escapes. */
export function quoteText(text: string, options: { readonly onlyAscii?: boolean } = {}): string {
  const body = toRunes(text).map((rune) => escapeRune(rune, '"', options.onlyAscii === true));
  return `"${body.join('')}"`;
}

/** A code point as strconv.QuoteRune writes it: in single quotes. */
export function quoteRune(code: number, options: { readonly onlyAscii?: boolean } = {}): string {
  const isValid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const text = isValid ? String.fromCodePoint(code) : '\u{fffd}';
  return `'${escapeRune({ text, bytes: encodeText(text), isValid: true }, "'", options.onlyAscii === true)}'`;
}

function escapeRune(rune: Rune, quote: string, onlyAscii: boolean): string {
  if (!rune.isValid) return `\\x${hex(rune.bytes.charCodeAt(0), 2)}`;
  if (rune.text === quote) return `\\${quote}`;
  const known = named.get(rune.text);
  if (known !== undefined) return known;
  const code = rune.text.codePointAt(0) ?? 0;
  if ((code < 0x80 || !onlyAscii) && isPrintable(rune.text)) return rune.bytes;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
