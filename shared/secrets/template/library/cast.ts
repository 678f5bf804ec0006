import { parseFloating, parseInteger } from '../go/parse-number.ts';
import type { GoValue } from '../go/value.ts';

const lowest = -(2n ** 63n);

/** Any value as an int64, as sprig's library casts it; what is no number is 0. */
export function toInteger(value: GoValue): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return parseInteger(trimZeroDecimal(value)) ?? 0n;
  if (typeof value !== 'object' || value === null) return 0n;
  if (value.kind === 'integer') return BigInt.asIntN(64, value.value);
  return value.kind === 'float' ? truncate(value.value) : 0n;
}

/** A float that no int64 can hold becomes the lowest one, as on amd64. */
function truncate(value: number): bigint {
  const whole = Math.trunc(value);
  return Number.isFinite(whole) && Math.abs(whole) < 2 ** 63 ? BigInt(whole) : lowest;
}

/** Any value as a float64; what is no number is 0. */
export function toFloating(value: GoValue): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return parseFloating(value) ?? 0;
  if (typeof value !== 'object' || value === null) return 0;
  return value.kind === 'integer' || value.kind === 'float' ? Number(value.value) : 0;
}

/** `12.00` is 12, and `12.5` stays. */
function trimZeroDecimal(text: string): string {
  return text.replace(/\.0+$/, '');
}
