import type { Budget } from './budget.ts';
import { formatValue } from './format-value.ts';
import type { GoValue } from './value.ts';

/** Go's fmt.Sprint: a space only between two operands of which neither is a string. */
export function printTogether(values: readonly GoValue[], budget: Budget): string {
  const parts = values.map((value, index) => {
    const isSpaced = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    return (isSpaced ? ' ' : '') + formatValue(value, budget);
  });
  return parts.join('');
}

/** Go's fmt.Sprintln. */
export function printLine(values: readonly GoValue[], budget: Budget): string {
  return `${values.map((value) => formatValue(value, budget)).join(' ')}\n`;
}
