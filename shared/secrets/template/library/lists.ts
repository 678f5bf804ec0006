import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, type GoFunction, variadic } from '../evaluate/go-function.ts';
import type { Budget } from '../go/budget.ts';
import { isDeepEqual } from '../go/deep-equal.ts';
import { isEmptyValue } from '../go/empty.ts';
import { TemplateFailure } from '../go/failure.ts';
import { type GoValue, toList, toNilList, toTypedList } from '../go/value.ts';
import { toInteger } from './cast.ts';
import { toItems } from './to-text.ts';

type Transform = (items: readonly GoValue[], environment: Environment) => GoValue;

/** A function of one list; what is taken is paid for. */
function ofList(transform: Transform): GoFunction {
  return fixed(['any'], ([value], environment) => {
    const items = toItems(value);
    environment.budget.spend(items.length);
    return transform(items, environment);
  });
}

const append = fixed(['any', 'any'], ([list, value], { budget }) => {
  const items = toItems(list);
  budget.spend(items.length);
  return toList([...items, value]);
});

const prepend = fixed(['any', 'any'], ([list, value], { budget }) => {
  const items = toItems(list);
  budget.spend(items.length);
  return toList([value, ...items]);
});

const without = variadic({ parameters: ['any'], rest: 'any' }, ([list], omitted, { budget }) =>
  toList(toItems(list).filter((item) => !contains(omitted, item, budget))),
);

const has = fixed(['any', 'any'], ([needle, list], { budget }) =>
  list === null ? false : contains(toItems(list), needle, budget),
);

const slice = variadic({ parameters: ['any'], rest: 'any' }, ([list], indices) => {
  const items = toItems(list);
  if (items.length === 0) return null;
  const behind = typeof list === 'object' && list?.kind === 'list' ? (list.hidden ?? []) : [];
  const all = [...items, ...behind];
  const start = indices.length > 0 ? Number(toInteger(indices[0])) : 0;
  const end = indices.length > 1 ? Number(toInteger(indices[1])) : items.length;
  if (start < 0 || end < start || end > all.length)
    throw new TemplateFailure('the list is shorter than what is to be cut out of it');
  const cut = all.slice(start, end);
  return typeof list === 'object' && list?.kind === 'list' && list.item !== 'interface {}'
    ? toTypedList(list.item, cut)
    : toList(cut, all.slice(end));
});

const chunk = fixed(['int', 'any'], ([size, list], { budget }) => {
  const items = toItems(list);
  if (size <= 0) throw new TemplateFailure('a list cannot be cut into pieces of less than 1');
  budget.spend(items.length);
  const count = Math.ceil(items.length / size);
  const pieces = Array.from({ length: count }, (_, index) => toList(items.slice(index * size, (index + 1) * size)));
  return toTypedList('[]interface {}', pieces);
});

const first = ofList((items) => items[0] ?? null);
const last = ofList((items) => items.at(-1) ?? null);
const rest = ofList((items) => (items.length === 0 ? toNilList('interface {}') : toList(items.slice(1))));
const initial = ofList((items) => (items.length === 0 ? toNilList('interface {}') : toList(items.slice(0, -1))));
const reverse = ofList((items) => toList(items.toReversed()));
const compact = ofList((items) => toList(items.filter((item) => !isEmptyValue(item))));
const uniq = ofList((items, { budget }) => {
  const found: GoValue[] = [];
  for (const item of items) if (!contains(found, item, budget)) found.push(item);
  return toList(found);
});

/** Sprig's functions for lists. */
export const listFunctions: FunctionTable = {
  list: variadic({ parameters: [], rest: 'any' }, (_none, values) => toList(values)),
  tuple: variadic({ parameters: [], rest: 'any' }, (_none, values) => toList(values)),
  concat: variadic({ parameters: [], rest: 'any' }, (_none, lists, { budget }) => {
    const items = lists.flatMap((list) => toItems(list));
    budget.spend(items.length);
    return items.length === 0 ? toNilList('interface {}') : toList(items);
  }),
  append,
  push: append,
  mustAppend: append,
  mustPush: append,
  prepend,
  mustPrepend: prepend,
  first,
  mustFirst: first,
  rest,
  mustRest: rest,
  last,
  mustLast: last,
  initial,
  mustInitial: initial,
  reverse,
  mustReverse: reverse,
  uniq,
  mustUniq: uniq,
  without,
  mustWithout: without,
  has,
  mustHas: has,
  slice,
  mustSlice: slice,
  chunk,
  mustChunk: chunk,
  compact,
  mustCompact: compact,
};

function contains(items: readonly GoValue[], needle: GoValue, budget: Budget): boolean {
  return items.some((item) => isDeepEqual(needle, item, budget));
}
