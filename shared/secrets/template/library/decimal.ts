/** An exact decimal number: value × 10^exponent. */
export type Decimal = { readonly value: bigint; readonly exponent: number };

const divisionPrecision = 16;

/** The decimal that a float64's shortest text stands for. */
export function toDecimal(number: number): Decimal {
  const [mantissa = '0', exponent = '0'] = (Number.isFinite(number) ? number : 0).toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { value: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The float64 next to a decimal. */
export function fromDecimal({ value, exponent }: Decimal): number {
  return Number(`${value}e${exponent}`);
}

function align(a: Decimal, b: Decimal): { readonly left: bigint; readonly right: bigint; readonly exponent: number } {
  const exponent = Math.min(a.exponent, b.exponent);
  return {
    left: a.value * 10n ** BigInt(a.exponent - exponent),
    right: b.value * 10n ** BigInt(b.exponent - exponent),
    exponent,
  };
}

/** The exact sum. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const { left, right, exponent } = align(a, b);
  return { value: left + right, exponent };
}

/** The exact difference. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, { value: -b.value, exponent: b.exponent });
}

/** The exact product. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** The quotient with 16 decimals, rounded half away from zero; undefined for a division by zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.value === 0n) return undefined;
  const shift = a.exponent - b.exponent + divisionPrecision;
  const numerator = shift >= 0 ? a.value * 10n ** BigInt(shift) : a.value;
  const denominator = shift >= 0 ? b.value : b.value * 10n ** BigInt(-shift);
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const size = denominator < 0n ? -denominator : denominator;
  const step = numerator < 0n !== denominator < 0n ? -1n : 1n;
  return { value: twice >= size ? quotient + step : quotient, exponent: -divisionPrecision };
}
