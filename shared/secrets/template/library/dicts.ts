import { type FunctionTable, fixed, variadic } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { typeName } from '../go/type-name.ts';
import { type GoMap, type GoValue, sortedKeys, toList, toMap, toTypedList } from '../go/value.ts';
import { copyDeep } from './copy-deep.ts';
import { mergeInto } from './merge.ts';
import { toText } from './to-text.ts';

const dicts = { parameters: ['dict'], rest: 'dict' } as const;

const merge = variadic(dicts, ([target, ...rest], sources, { budget }) => {
  for (const source of [...rest, ...sources]) mergeInto(target, source, { overwrites: false, budget });
  return target;
});

const mergeOverwrite = variadic(dicts, ([target, ...rest], sources, { budget }) => {
  for (const source of [...rest, ...sources]) mergeInto(target, source, { overwrites: true, budget });
  return target;
});

const deepCopy = fixed(['any'], ([value], { budget }) => {
  if (value === null) throw new TemplateFailure('there is nothing to copy');
  return copyDeep(value, budget);
});

/** Sprig's functions for dicts. `keys` and `values` are sorted, where Go leaves their order to chance. */
export const dictFunctions: FunctionTable = {
  dict: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) => {
    const made = toMap([]);
    for (let index = 0; index < values.length; index += 2) {
      const value = index + 1 < values.length ? values[index + 1] : '';
      made.entries.set(toText(values[index] ?? null, budget), value);
    }
    return made;
  }),
  get: fixed(['dict', 'string'], ([{ entries }, key]) => (entries.has(key) ? entries.get(key) : '')),
  set: fixed(['dict', 'string', 'any'], ([dict, key, value]) => {
    dict.entries.set(key, value);
    return dict;
  }),
  unset: fixed(['dict', 'string'], ([dict, key]) => {
    dict.entries.delete(key);
    return dict;
  }),
  hasKey: fixed(['dict', 'string'], ([{ entries }, key]) => entries.has(key)),
  pluck: variadic({ parameters: ['string'], rest: 'dict' }, ([key], from) =>
    toList(from.filter(({ entries }) => entries.has(key)).map(({ entries }) => entries.get(key))),
  ),
  keys: variadic({ parameters: [], rest: 'dict' }, (_none, from, { budget }) => {
    budget.spend(from.reduce((sum, { entries }) => sum + entries.size, 0));
    return toTypedList('string', from.flatMap(sortedKeys));
  }),
  values: fixed(['dict'], ([dict], { budget }) => {
    budget.spend(dict.entries.size);
    return toList(sortedKeys(dict).map((key) => dict.entries.get(key)));
  }),
  pick: variadic({ parameters: ['dict'], rest: 'string' }, ([{ entries }], names) =>
    toMap(names.filter((name) => entries.has(name)).map((name) => [name, entries.get(name)] as const)),
  ),
  omit: variadic({ parameters: ['dict'], rest: 'string' }, ([{ entries }], names, { budget }) => {
    budget.spend(entries.size);
    const omitted = new Set(names);
    return toMap([...entries].filter(([key]) => !omitted.has(key)));
  }),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy,
  mustDeepCopy: deepCopy,
  dig: variadic({ parameters: ['any', 'any', 'any'], rest: 'any' }, (start, more) => {
    const all = [...start, ...more];
    return dig(asDict(all.at(-1)), all.slice(0, -2), all.at(-2));
  }),
};

function dig(dict: GoMap, path: readonly GoValue[], otherwise: GoValue): GoValue {
  let found: GoValue = dict;
  for (const key of path) {
    if (typeof key !== 'string') throw new TemplateFailure(`a dict's key is a string and not a ${typeName(key)}`);
    const { entries } = asDict(found);
    if (!entries.has(key)) return otherwise;
    found = entries.get(key);
  }
  return found;
}

function asDict(value: GoValue): GoMap {
  if (typeof value === 'object' && value?.kind === 'map' && value.item === 'interface {}') return value;
  throw new TemplateFailure(`wants a map[string]interface {} and is given a ${typeName(value)}`);
}
