import { TemplateFailure } from '../go/failure.ts';
import { typeName } from '../go/type-name.ts';
import type { GoValue } from '../go/value.ts';

type Kind = 'bool' | 'int' | 'uint' | 'float' | 'string' | 'other';

function kindOf(value: GoValue): Kind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value !== 'object' || value === null) return 'other';
  if (value.kind === 'integer') return value.type.startsWith('uint') ? 'uint' : 'int';
  return value.kind === 'float' ? 'float' : 'other';
}

/** Whether Go's `eq` finds the first value among the others. */
export function areEqual(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new TemplateFailure('there is nothing to compare with');
  return others.some((other) => isEqual(first, other));
}

function isEqual(a: GoValue, b: GoValue): boolean {
  const kinds = [kindOf(a), kindOf(b)] as const;
  if (kinds[0] !== kinds[1] && !areIntegers(kinds)) {
    if (isNothing(a) || isNothing(b)) return false;
    throw incompatible(a, b);
  }
  return kinds[0] === 'other' ? isSameObject(a, b) : plain(a) === plain(b);
}

function areIntegers(kinds: readonly Kind[]): boolean {
  return kinds.every((kind) => kind === 'int' || kind === 'uint');
}

function isNothing(value: GoValue): boolean {
  return value === null || value === undefined;
}

function isSameObject(a: GoValue, b: GoValue): boolean {
  if (isNil(a) || isNil(b)) {
    if (!isNothing(a) && !isNothing(b) && typeName(a) !== typeName(b)) throw incompatible(a, b);
    return isNil(a) && isNil(b);
  }
  if (typeof b === 'object' && (b?.kind === 'map' || b?.kind === 'list')) throw incompatible(a, b);
  if (typeof a === 'object' && typeof b === 'object' && a?.kind === 'time' && b?.kind === 'time')
    return a.nanoseconds === b.nanoseconds && a.zone === b.zone;
  return a === b;
}

function isNil(value: GoValue): boolean {
  return isNothing(value) || (typeof value === 'object' && value?.kind === 'list' && value.isNil);
}

function plain(value: GoValue): bigint | number | string | boolean | undefined {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return value.kind === 'integer' || value.kind === 'float' ? value.value : undefined;
}

/** Go's `lt`. */
export function isLess(a: GoValue, b: GoValue): boolean {
  const kinds = [kindOf(a), kindOf(b)] as const;
  const isComparable = kinds.every((kind) => kind !== 'bool' && kind !== 'other');
  if (!isComparable || (kinds[0] !== kinds[1] && !areIntegers(kinds))) throw incompatible(a, b);
  const [left, right] = [plain(a), plain(b)];
  return left !== undefined && right !== undefined && left < right;
}

/** Go's `le`. */
export function isLessOrEqual(a: GoValue, b: GoValue): boolean {
  return isLess(a, b) || isEqual(a, b);
}

function incompatible(a: GoValue, b: GoValue): TemplateFailure {
  return new TemplateFailure(
    `a ${typeName(a)} cannot be compared with a ${typeName(b)}`,
    'convert both to the same type, for example with int64 or toString',
  );
}
