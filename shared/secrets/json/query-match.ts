import type { Query } from './path-query.ts';
import type { Span } from './scan.ts';
import { unescapeJson } from './text.ts';
import { matchesWildcards } from './wildcards.ts';

/** A value within a text. */
export type Item = { readonly text: string; readonly span: Span };

/** The value's own text. */
export function itemText({ text, span }: Item): string {
  return text.slice(span.start, span.end);
}

type Operator = NonNullable<Query['operator']>;
type Order = { readonly [operator in Operator]?: (left: string | number, right: string | number) => boolean };

const orders: Order = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Whether a value, or its absence, fits a query. */
export function matchesQuery(query: Query, item: Item | undefined): boolean {
  const { operator, value } = query;
  if (value.startsWith('~')) return matchesKind(query, item);
  if (item === undefined) return false;
  if (operator === undefined) return true;
  if (item.span.kind === 'string') return compareText(operator, stringOf(item), value);
  if (item.span.kind === 'number') return orders[operator]?.(goFloat(itemText(item)), goFloat(value)) ?? false;
  if (item.span.kind === 'true') return compareTruth(operator, true, value);
  return item.span.kind === 'false' && compareTruth(operator, false, value);
}

function compareText(operator: Operator, text: string, value: string): boolean {
  if (operator === '%') return matchesWildcards(text, value);
  if (operator === '!%') return !matchesWildcards(text, value);
  return orders[operator]?.(text, value) ?? false;
}

function compareTruth(operator: Operator, truth: boolean, value: string): boolean {
  if (operator === '=' || operator === '!=') return (value === String(truth)) === (operator === '=');
  if (operator === (truth ? '>=' : '<=')) return true;
  return operator === (truth ? '>' : '<') && value === String(!truth);
}

/** `~true`, `~false`, `~null` and `~*` ask for what counts as such. */
function matchesKind({ operator, value }: Query, item: Item | undefined): boolean {
  const kinds: { readonly [kind: string]: () => boolean } = {
    '~*': () => item !== undefined,
    '~null': () => item === undefined || item.span.kind === 'null',
    '~true': () => truthOf(item) === true,
    '~false': () => item === undefined || item.span.kind === 'null' || truthOf(item) === false,
  };
  const kind = Object.hasOwn(kinds, value) ? kinds[value] : undefined;
  if (kind === undefined) return false;
  return operator === undefined || compareTruth(operator, kind(), 'true');
}

function truthOf(item: Item | undefined): boolean | undefined {
  if (item === undefined) return undefined;
  const { kind } = item.span;
  if (kind === 'true' || kind === 'false') return kind === 'true';
  if (kind === 'number') return goFloat(itemText(item)) !== 0;
  if (kind !== 'string') return undefined;
  const word = stringOf(item).toLowerCase();
  if (['1', 't', 'true'].includes(word)) return true;
  return ['0', 'f', 'false'].includes(word) ? false : undefined;
}

function stringOf(item: Item): string {
  return unescapeJson(itemText(item).slice(1, -1));
}

function goFloat(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : 0;
}
