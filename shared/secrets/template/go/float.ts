type Digits = { readonly isNegative: boolean; readonly digits: string; readonly exponent: number };

/** Verbs of strconv.FormatFloat. */
export type FloatVerb = 'e' | 'E' | 'f' | 'F' | 'g' | 'G';

/** A float64 as strconv.FormatFloat writes it; precision -1 is the shortest text that reads back the same. */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const lower = verb.toLowerCase();
  const text =
    lower === 'g'
      ? formatGeneral(value, precision)
      : lower === 'e'
        ? toExponential(value, precision)
        : toFixed(value, precision);
  return verb === 'E' || verb === 'G' ? text.toUpperCase() : text;
}

function formatGeneral(value: number, precision: number): string {
  const wanted = precision === 0 ? 1 : precision;
  const { digits, exponent } = precision < 0 ? shortestDigits(value) : roundedDigits(value, wanted);
  const significant = digits.replace(/0+$/, '') || '0';
  const limit = generalLimit(wanted, { count: significant.length, point: exponent + 1 });
  if (exponent < -4 || exponent >= limit) return toExponential(value, precision < 0 ? -1 : significant.length - 1);
  return toFixed(value, precision < 0 ? -1 : Math.max(significant.length - exponent - 1, 0));
}

function generalLimit(precision: number, { count, point }: { readonly count: number; readonly point: number }): number {
  if (precision < 0) return 6;
  return precision > count && count >= point ? count : precision;
}

function toExponential(value: number, precision: number): string {
  const { isNegative, digits, exponent } = precision < 0 ? shortestDigits(value) : roundedDigits(value, precision + 1);
  const fraction = digits.slice(1);
  const mantissa = digits.charAt(0) + (fraction === '' ? '' : `.${fraction}`);
  const sign = exponent < 0 ? '-' : '+';
  return `${isNegative ? '-' : ''}${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function toFixed(value: number, precision: number): string {
  const { isNegative, digits, exponent } = precision < 0 ? shortestDigits(value) : exactDigits(value, precision);
  const padded = exponent < 0 ? '0'.repeat(-exponent) + digits : digits;
  const whole = exponent < 0 ? '0' : padded.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = exponent < 0 ? padded.slice(1) : padded.slice(exponent + 1);
  const fraction = precision < 0 ? rest.replace(/0+$/, '') : rest.padEnd(precision, '0').slice(0, precision);
  return `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function shortestDigits(value: number): Digits {
  return readDigits(value, Math.abs(value).toExponential());
}

/** So many significant digits; a tie goes to the even one, as in Go. */
function roundedDigits(value: number, count: number): Digits {
  const isNegative = value < 0 || Object.is(value, -0);
  if (value === 0) return { isNegative, digits: '0'.repeat(count), exponent: 0 };
  const { digits, exponent } = exactDecimal(value);
  const kept = roundDigits(digits, count);
  const isLonger = kept.length > count;
  return { isNegative, digits: kept.slice(0, count), exponent: exponent + (isLonger ? 1 : 0) };
}

/** So many decimals. */
function exactDigits(value: number, precision: number): Digits {
  const isNegative = value < 0 || Object.is(value, -0);
  if (value === 0) return { isNegative, digits: '0', exponent: 0 };
  const { digits, exponent } = exactDecimal(value);
  const lead = Math.max(0, -exponent);
  const padded = '0'.repeat(lead) + digits;
  const whole = Math.max(exponent, 0) + 1;
  const kept = roundDigits(padded, whole + precision);
  const isLonger = kept.length > whole + precision;
  return { isNegative, digits: kept, exponent: whole - 1 + (isLonger ? 1 : 0) };
}

/** The first digits of a number, padded with zeros; one more where rounding carries over. */
function roundDigits(digits: string, count: number): string {
  if (digits.length <= count) return digits.padEnd(count, '0');
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const isTie = /^50*$/.test(rest);
  const isEven = '02468'.includes(kept.at(-1) ?? '0');
  const isUp = rest.charAt(0) >= '5' && !(isTie && isEven);
  return (BigInt(`0${kept}`) + (isUp ? 1n : 0n)).toString().padStart(count, '0');
}

/** Every decimal digit of a float64, which always is a finite decimal number. */
function exactDecimal(value: number): { readonly digits: string; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (2n ** 52n - 1n);
  const mantissa = biased === 0 ? fraction : fraction + 2n ** 52n;
  const power = Math.max(biased, 1) - 1075;
  const digits = (power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power)).toString();
  return { digits, exponent: digits.length - 1 + Math.min(power, 0) };
}

function readDigits(value: number, text: string): Digits {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const isNegative = value < 0 || Object.is(value, -0);
  return { isNegative, digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}
