import { encodeText } from '../go/utf8.ts';
import { SyntaxFailure } from './syntax-failure.ts';

const named: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const escapeSequence = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.)|$)/gs;

/** The bytes of a string or character as Go source writes it. */
export function unquote(literal: string, at: number): string {
  const quote = literal.charAt(0);
  const body = literal.slice(1, -1);
  if (quote === '`') return body.replaceAll('\r', '');
  return body.replace(escapeSequence, (_whole, ...groups: readonly (string | undefined)[]) =>
    toEscaped(groups, { quote, at }),
  );
}

function toEscaped(
  groups: readonly (string | undefined)[],
  place: { readonly quote: string; readonly at: number },
): string {
  const [byte, short, long, octal, other] = groups;
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  const digits = short ?? long;
  const code = digits === undefined ? undefined : Number.parseInt(digits, 16);
  if (code !== undefined && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff))
    return encodeText(String.fromCodePoint(code));
  const text = other === place.quote ? other : named.get(other ?? '');
  if (text === undefined)
    throw new SyntaxFailure(place.at, 'a string has an escape that Go does not know; write it in backquotes');
  return text;
}
