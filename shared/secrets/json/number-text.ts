/** A JSON number as Go prints it without an exponent: integers as they are written, all else in the fewest digits that tell it apart. */
export function plainNumber(raw: string): string {
  if (/^-?[0-9]+$/.test(raw)) return raw;
  const value = Number(raw);
  if (Number.isNaN(value)) return notNumber(raw);
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : withoutExponent(String(value));
}

/** A JSON number as Go's encoder writes it: integers, and what no floating point number can hold, as they are written. */
export function jsonNumber(raw: string): string {
  const value = Number(raw);
  if (/^-?[0-9]+$/.test(raw) || !Number.isFinite(value)) return raw;
  return Object.is(value, -0) ? '-0' : String(value);
}

function withoutExponent(text: string): string {
  const found = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (found === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** gjson lets Go's own names through. */
function notNumber(raw: string): string {
  if (/^[+-]?(?:inf|infinity)$/i.test(raw)) return raw.startsWith('-') ? '-Inf' : '+Inf';
  return /^nan$/i.test(raw) ? 'NaN' : '0';
}
