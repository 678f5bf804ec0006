import type { Budget } from './budget.ts';
import { typeName } from './type-name.ts';
import type { GoValue } from './value.ts';

/** Go's reflect.DeepEqual: types count, and a list that is nil is no empty list. */
export function isDeepEqual(a: GoValue, b: GoValue, budget: Budget): boolean {
  budget.spend(1);
  if (typeName(a) !== typeName(b)) return false;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  return a === b || budget.descend(() => areMembersEqual(a, b, budget));
}

type GoObject = Extract<GoValue, object>;

function areMembersEqual(a: GoObject, b: GoObject, budget: Budget): boolean {
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.isNil !== b.isNil || a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => isDeepEqual(item, b.items[index], budget));
  }
  if (a.kind === 'map' && b.kind === 'map') {
    if (a.entries.size !== b.entries.size) return false;
    return [...a.entries].every(([key, value]) => b.entries.has(key) && isDeepEqual(value, b.entries.get(key), budget));
  }
  return areFieldsEqual(a, b);
}

function areFieldsEqual(a: GoObject, b: GoObject): boolean {
  if ((a.kind === 'integer' && b.kind === 'integer') || (a.kind === 'float' && b.kind === 'float'))
    return a.value === b.value;
  if (a.kind === 'time' && b.kind === 'time') return a.nanoseconds === b.nanoseconds && a.zone === b.zone;
  if (a.kind === 'certificate' && b.kind === 'certificate') return a.certificate === b.certificate && a.key === b.key;
  if (a.kind !== 'version' || b.kind !== 'version') return false;
  const fields = ['major', 'minor', 'patch', 'prerelease', 'metadata', 'original'] as const;
  return fields.every((field) => a[field] === b[field]);
}
