const replacement = '\u{fffd}';

/** The bytes of a Go string. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A Go string of bytes. */
export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A Go string, its bytes the UTF-8 of a JavaScript text. */
export function encodeText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** True when a Go string is nothing but ASCII. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked.
  return /^[\u0000-\u007f]*$/.test(text);
}

/** One rune of a Go string. Bytes that are no UTF-8 are one each, with `isValid` false. */
export type Rune = { readonly text: string; readonly bytes: string; readonly isValid: boolean };

/** The runes of a Go string, as `range` and `utf8.DecodeRune` find them. */
export function toRunes(text: string): readonly Rune[] {
  const runes: Rune[] = [];
  for (let at = 0; at < text.length; ) {
    const width = runeWidth(text, at);
    const bytes = text.slice(at, at + Math.max(1, width));
    const isValid = width > 0;
    runes.push({ bytes, isValid, text: isValid ? decodeRune(bytes) : replacement });
    at += bytes.length;
  }
  return runes;
}

/** A JavaScript text of a Go string; each byte that is no UTF-8 becomes U+FFFD. */
export function decodeText(text: string): string {
  if (isAscii(text)) return text;
  return toRunes(text)
    .map((rune) => rune.text)
    .join('');
}

/** True when the bytes of a Go string are UTF-8. */
export function isUtf8(text: string): boolean {
  return isAscii(text) || toRunes(text).every(({ isValid }) => isValid);
}

function decodeRune(bytes: string): string {
  return bytes.length === 1 ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** How many bytes the rune at `at` has; 0 when there is no valid one. */
function runeWidth(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 0x80) return 1;
  const width = leadWidth(first);
  if (width === 0 || at + width > text.length) return 0;
  for (let next = 1; next < width; next += 1) {
    if ((text.charCodeAt(at + next) & 0xc0) !== 0x80) return 0;
  }
  return isAllowedSecond(first, text.charCodeAt(at + 1)) ? width : 0;
}

function leadWidth(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** Overlong forms, surrogates and what is beyond U+10FFFF are no UTF-8. */
function isAllowedSecond(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second <= 0x8f;
}
