import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** Keys from an object's root; `*` stands for every element of a list. A path that ends in `*` takes elements out. */
export type FieldPattern = readonly string[];

/** Keys and list indexes from an object's root. */
export type Place = readonly (string | number)[];

export type Stripped = { readonly value: Json; readonly removed: readonly Place[] };

/**
 * A value without the fields of a pattern for which `when` holds. Maps and lists that are emptied by it go as well;
 * what was empty before stays. A value from which nothing is taken is given back as it is.
 */
export function stripFields(value: Json, pattern: FieldPattern, when: (found: Json) => boolean): Stripped {
  const removed: Place[] = [];
  const rest = strip(value, { pattern, when, at: [], removed });
  return { value: rest ?? value, removed };
}

type Walk = {
  readonly pattern: FieldPattern;
  readonly when: (found: Json) => boolean;
  readonly at: Place;
  readonly removed: Place[];
};

/** Undefined: nothing of it is left. */
function strip(value: Json, walk: Walk): Json | undefined {
  const [step, ...pattern] = walk.pattern;
  if (step === undefined) return takeOut(value, walk);
  if (step === '*') return Array.isArray(value) ? stripList(value, { ...walk, pattern }) : value;
  const member = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  if (member === undefined) return value;
  const left = strip(member, { ...walk, pattern, at: [...walk.at, step] });
  if (left === member) return value;
  const { [step]: _replaced, ...others } = value as JsonObject;
  if (left !== undefined) return { ...(value as JsonObject), [step]: left };
  return Object.keys(others).length === 0 && walk.at.length > 0 ? undefined : others;
}

function takeOut(value: Json, { when, at, removed }: Walk): Json | undefined {
  if (isEmpty(value) || !when(value)) return value;
  removed.push(at);
  return undefined;
}

function stripList(list: readonly Json[], walk: Walk): Json | undefined {
  const left = list.map((element, index) => strip(element, { ...walk, at: [...walk.at, index] }));
  if (left.every((element, index) => element === list[index])) return list;
  const kept = left.flatMap((element) => (element === undefined ? [] : [element]));
  return kept.length === 0 ? undefined : kept;
}

/** `status: {conditions: []}` and `creationTimestamp: null` say nothing; generators leave them behind. */
function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return isJsonObject(value) && Object.values(value).every((member) => member === undefined || isEmpty(member));
}
