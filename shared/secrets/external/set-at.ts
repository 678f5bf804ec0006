import { isJsonObject, type Json } from '../../model/json.ts';

/** The same value with another one at a path of keys and indexes; objects at the end of the path are merged. */
export function setAt(value: Json | undefined, path: readonly string[], set: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return merged(value, set);
  if (Array.isArray(value) || (value === undefined && /^[0-9]+$/.test(step)))
    return setItem(value, { index: Number(step), rest }, set);
  const object = isJsonObject(value) ? value : {};
  const own = Object.hasOwn(object, step) ? object[step] : undefined;
  return Object.fromEntries([...Object.entries(object), [step, setAt(own, rest, set)]]);
}

function merged(value: Json | undefined, set: Json): Json {
  return isJsonObject(value) && isJsonObject(set)
    ? Object.fromEntries([...Object.entries(value), ...Object.entries(set)])
    : set;
}

function setItem(
  value: readonly Json[] | undefined,
  { index, rest }: { readonly index: number; readonly rest: readonly string[] },
  set: Json,
): Json {
  const items = [...(value ?? [])];
  while (items.length < index) items.push(null);
  items[index] = setAt(items[index], rest, set);
  return items;
}
