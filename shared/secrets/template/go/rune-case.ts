/** Runes whose simple mapping in Unicode is another than the one that JavaScript makes of a whole text. */
const simpleLower: ReadonlyMap<string, string> = new Map([['\u0130', 'i']]);

/** Go's unicode.ToUpper: one rune to one rune. */
export function upperRune(rune: string): string {
  return single(rune.toUpperCase(), simpleTitle(rune));
}

/** Go's unicode.ToLower. */
export function lowerRune(rune: string): string {
  return single(simpleLower.get(rune) ?? rune.toLowerCase(), rune);
}

function single(mapped: string, otherwise: string): string {
  return [...mapped].length === 1 ? mapped : otherwise;
}

/** Greek letters with an iota below have a capital of their own, which JavaScript spells with two letters. */
function simpleTitle(rune: string): string {
  const code = rune.codePointAt(0) ?? 0;
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCodePoint(code + 9) : rune;
}

/** Go's unicode.ToTitle; it differs from upper case for a few digraphs only. */
export function titleRune(rune: string): string {
  const code = rune.codePointAt(0) ?? 0;
  if (code >= 0x01c4 && code <= 0x01cc) return String.fromCodePoint(code - ((code - 0x01c4) % 3) + 1);
  if (code >= 0x01f1 && code <= 0x01f3) return '\u01f2';
  if (code >= 0x10d0 && code <= 0x10ff) return rune;
  return upperRune(rune);
}
