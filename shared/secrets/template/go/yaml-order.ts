const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/** The order of keys in Go's YAML: numbers inside of names count as numbers, so that `a9` comes before `a10`. */
export function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const at = left.findIndex((rune, index) => index < right.length && rune !== right[index]);
  if (at < 0) return left.length - right.length;
  return compareAt(left, right, at);
}

function compareAt(left: readonly string[], right: readonly string[], at: number): number {
  const mine = left[at] ?? '';
  const theirs = right[at] ?? '';
  const isLetter = letter.test(mine);
  if (isLetter !== letter.test(theirs)) return isLetter ? 1 : -1;
  const byRune = (mine.codePointAt(0) ?? 0) - (theirs.codePointAt(0) ?? 0);
  if (isLetter) return byRune;
  const start = mine === '0' || theirs === '0' ? leadingDigit(left, at) : 0n;
  const one = readNumber(left, at, start);
  const other = readNumber(right, at, start);
  if (one.value !== other.value) return one.value < other.value ? -1 : 1;
  return one.end === other.end ? byRune : one.end - other.end;
}

/** 1 when the digits before are not all zeros. */
function leadingDigit(runes: readonly string[], at: number): bigint {
  for (let index = at - 1; index >= 0 && digit.test(runes[index] ?? ''); index -= 1) {
    if (runes[index] !== '0') return 1n;
  }
  return 0n;
}

function readNumber(
  runes: readonly string[],
  at: number,
  start: bigint,
): { readonly value: bigint; readonly end: number } {
  let value = start;
  let end = at;
  for (; end < runes.length && digit.test(runes[end] ?? ''); end += 1) {
    value = BigInt.asIntN(64, value * 10n + BigInt((runes[end]?.codePointAt(0) ?? 48) - 48));
  }
  return { value, end };
}
