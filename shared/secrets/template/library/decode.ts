import { quoteRune } from '../go/quote.ts';

const digits64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

type Digit = { readonly character: string; readonly index: number };

/** Padded base64 as Go decodes it; a text is what Go says instead. Line ends are left out, but the place of an error counts them. */
export function decodeBase64(text: string): Uint8Array | string {
  const kept = [...text.matchAll(/[^\r\n]/g)].map(({ 0: character, index }) => ({ character, index }));
  const wrong = findWrong64(kept, text.length);
  if (wrong !== undefined) return `illegal base64 data at input byte ${wrong}`;
  return Buffer.from(kept.map(({ character }) => character).join(''), 'base64');
}

/** The first byte that is wrong. */
function findWrong64(kept: readonly Digit[], length: number): number | undefined {
  const at = kept.findIndex(({ character }) => !digits64.includes(character));
  const digit = kept[at];
  const start = kept.length - (kept.length % 4);
  if (digit === undefined) return kept.length % 4 === 0 ? undefined : (kept[start]?.index ?? length);
  const position = at % 4;
  if (digit.character !== '=' || position < 2) return digit.index;
  const second = kept[at + 1];
  if (position === 3) return second?.index;
  if (second === undefined) return length;
  return second.character === '=' ? kept[at + 2]?.index : second.index - 1;
}

/** Padded base32 as Go decodes it; a text is what Go says instead. */
export function decodeBase32(text: string): Uint8Array | string {
  const kept = text.replace(/[\r\n]/g, '');
  const wrong = findWrong32(kept);
  if (wrong !== undefined) return `illegal base32 data at input byte ${wrong}`;
  const values = [...kept.replace(/=+$/, '')].map((digit) => digits32.indexOf(digit).toString(2).padStart(5, '0'));
  return Uint8Array.from((values.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The first byte that is wrong, line ends not counted. */
function findWrong32(text: string): number | undefined {
  const at = [...text].findIndex((digit) => !digits32.includes(digit));
  const position = at % 8;
  if (at < 0) return text.length % 8 === 0 ? undefined : text.length - (text.length % 8);
  const behind = text.slice(at + 1);
  if (text[at] !== '=' || position < 2 || behind.length >= 8) return at;
  if (behind.length + position < 7) return text.length;
  const other = /[^=]/.exec(behind.slice(0, 7 - position));
  if (other !== null) return at + other.index;
  return position === 3 || position === 6 ? at : undefined;
}

/** Base32 with padding. */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const encoded = (bits.match(/.{1,5}/g) ?? []).map((part) => digits32.charAt(Number.parseInt(part.padEnd(5, '0'), 2)));
  return encoded.join('').padEnd(Math.ceil(encoded.length / 8) * 8, '=');
}

/** Hexadecimal digits as Go decodes them; a text is what Go says instead. */
export function decodeHex(text: string): Uint8Array | string {
  const wrong = /[^0-9a-fA-F]/.exec(text);
  // Pairs come first: of an odd count, the last digit alone is looked at last.
  if (wrong !== null) return `encoding/hex: invalid byte: ${describeByte(wrong[0])}`;
  return text.length % 2 === 1 ? 'encoding/hex: odd length hex string' : Buffer.from(text, 'hex');
}

function describeByte(byte: string): string {
  const code = byte.charCodeAt(0);
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} ${quoteRune(code)}`;
}
