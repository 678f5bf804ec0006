import { toRunes } from '../go/utf8.ts';

/** What Go's unicode.IsSpace takes for white space. */
export function isSpaceRune(rune: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u.test(rune);
}

/** Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  return trimWhile(text, isSpaceRune);
}

/** Go's strings.Trim: cuts runes that are in a set off both ends. */
export function trimRunes(text: string, cutset: string): string {
  const set = new Set(toRunes(cutset).map((rune) => rune.text));
  return set.size === 0 ? text : trimWhile(text, (rune) => set.has(rune));
}

function trimWhile(text: string, isCut: (rune: string) => boolean): string {
  const runes = toRunes(text);
  let start = 0;
  let end = runes.length;
  while (start < end && isCut(runes[start]?.text ?? '')) start += 1;
  while (end > start && isCut(runes[end - 1]?.text ?? '')) end -= 1;
  return runes
    .slice(start, end)
    .map(({ bytes }) => bytes)
    .join('');
}
