const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;
const highestUnsigned = 2n ** 64n - 1n;

/** What strconv.ParseInt(text, 0, 64) reads: a base prefix and underscores are allowed. Undefined: no such number. */
export function parseInteger(text: string): bigint | undefined {
  const value = parseAnyInteger(text);
  return value === undefined || value < lowest || value > highest ? undefined : value;
}

/** What strconv.ParseUint(text, 0, 64) reads. */
export function parseUnsigned(text: string): bigint | undefined {
  const value = /^[-+]/.test(text) ? undefined : parseAnyInteger(text);
  return value === undefined || value > highestUnsigned ? undefined : value;
}

/** What strconv.ParseInt(text, 10, 64) reads. */
export function parseDecimal(text: string): bigint | undefined {
  return parseRadix(text, 10);
}

/** What strconv.ParseInt(text, radix, 64) reads, for 8 and 10. */
export function parseRadix(text: string, radix: 8 | 10): bigint | undefined {
  if (!(radix === 8 ? /^[-+]?[0-7]+$/ : /^[-+]?[0-9]+$/).test(text) || text.length > 100) return undefined;
  const digits = text.replace(/^[-+]/, '');
  const size = BigInt(radix === 8 ? `0o${digits}` : digits);
  const value = text.startsWith('-') ? -size : size;
  return value < lowest || value > highest ? undefined : value;
}

function parseAnyInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(0[xX]_?[0-9a-fA-F_]+|0[bB]_?[01_]+|0[oO]_?[0-7_]+|[0-9_]+)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined || digits.length > 200 || !areUnderscoresInside(digits)) return undefined;
  const plain = digits.replaceAll('_', '').toLowerCase();
  if (/^0[0-9]+$/.test(plain) && !/^[0-7]+$/.test(plain)) return undefined;
  const value = BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain);
  return match?.[1] === '-' ? -value : value;
}

/** An underscore stands between two digits, or between the base prefix and a digit. */
function areUnderscoresInside(digits: string): boolean {
  if (!digits.includes('_')) return true;
  return !/^_|_$|__/.test(digits);
}

/** What strconv.ParseFloat(text, 64) reads. */
export function parseFloating(text: string): number | undefined {
  const special = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) return toSpecial(special[1] ?? '', (special[2] ?? '').toLowerCase());
  if (
    /^[-+]?(?:[0-9]+(?:_[0-9]+)*(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][-+]?[0-9_]*[0-9])?$/.test(
      text,
    )
  ) {
    const value = Number(text.replaceAll('_', ''));
    return Number.isFinite(value) ? value : undefined;
  }
  return parseHexFloat(text);
}

function toSpecial(sign: string, word: string): number {
  if (word === 'nan') return Number.NaN;
  return sign === '-' ? -Infinity : Infinity;
}

function parseHexFloat(text: string): number | undefined {
  const match = /^([-+]?)0[xX]_?([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([-+]?[0-9]{1,4})$/.exec(text);
  const whole = match?.[2]?.replaceAll('_', '') ?? '';
  const fraction = match?.[3]?.replaceAll('_', '') ?? '';
  if (match === null || whole + fraction === '' || (whole + fraction).length > 13) return undefined;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(match[4]) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  return match[1] === '-' ? -value : value;
}
