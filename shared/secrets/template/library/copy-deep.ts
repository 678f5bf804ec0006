import type { Budget } from '../go/budget.ts';
import type { GoValue } from '../go/value.ts';

/** A copy whose dicts and lists are its own. */
export function copyDeep(value: GoValue, budget: Budget): GoValue {
  budget.spend(1);
  if (typeof value !== 'object' || value === null) return value;
  return budget.descend(() => {
    if (value.kind === 'list') return { ...value, items: value.items.map((item) => copyDeep(item, budget)) };
    if (value.kind !== 'map') return value;
    const entries = [...value.entries].map(([key, member]) => [key, copyDeep(member, budget)] as const);
    return { ...value, entries: new Map(entries) };
  });
}
