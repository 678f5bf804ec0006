import type { Budget } from '../go/budget.ts';
import { TemplateFailure } from '../go/failure.ts';
import { formatValue } from '../go/format-value.ts';
import { typeName } from '../go/type-name.ts';
import type { GoValue } from '../go/value.ts';

/** The text of a value, as sprig's toString makes it. */
export function toText(value: GoValue, budget: Budget): string {
  return typeof value === 'string' ? value : formatValue(value, budget);
}

/** The texts of a list's items without those that are nothing; of anything else, one. */
export function toTexts(value: GoValue, budget: Budget): readonly string[] {
  if (typeof value === 'object' && value?.kind === 'list')
    return value.items.filter((item) => item !== null && item !== undefined).map((item) => toText(item, budget));
  return value === null || value === undefined ? [] : [toText(value, budget)];
}

/** A list's items; anything else is refused. */
export function toItems(value: GoValue): readonly GoValue[] {
  if (typeof value === 'object' && value?.kind === 'list') return value.items;
  throw new TemplateFailure(`wants a list and is given a ${typeName(value)}`);
}
