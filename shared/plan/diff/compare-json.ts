import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { FieldPath } from './field-path.ts';

/** One place where two values differ. `before` or `after` is absent where there is nothing on that side. */
export type Change = {
  /** Where it is in the first value, or would be. */
  readonly path: FieldPath;
  /** Where it is in the second value, or would be: an element of a list may have moved. */
  readonly wantedPath: FieldPath;
  readonly before?: Json;
  readonly after?: Json;
};

type Place = { readonly path: FieldPath; readonly wantedPath: FieldPath };

const root: Place = { path: [], wantedPath: [] };

/** All places where two values differ, as deep as they can be named. Elements of a list are paired by `name` where all have one. */
export function compareJson(before: Json | undefined, after: Json | undefined, at: Place = root): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined || after === undefined) {
    return [{ ...at, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  if (isJsonObject(before) && isJsonObject(after)) return compareObjects(before, after, at);
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, at);
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ ...at, before, after }];
}

function compareObjects(before: JsonObject, after: JsonObject, at: Place): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => compareJson(own(before, key), own(after, key), below(at, key, key)));
}

function compareLists(before: readonly Json[], after: readonly Json[], at: Place): readonly Change[] {
  const names = namesOf(before);
  const wantedNames = namesOf(after);
  if (names !== undefined && wantedNames !== undefined) {
    const all = [...new Set([...names, ...wantedNames])];
    const moved = compareOrder(names, wantedNames) ? [] : [{ ...at, before, after }];
    const changes = all.flatMap((name) => {
      const [index, wantedIndex] = [names.indexOf(name), wantedNames.indexOf(name)];
      return compareJson(
        before[index],
        after[wantedIndex],
        below(at, index === -1 ? wantedIndex : index, wantedIndex === -1 ? index : wantedIndex),
      );
    });
    return changes.length === 0 ? moved : changes;
  }
  if (before.length !== after.length) return [{ ...at, before, after }];
  return before.flatMap((element, index) => compareJson(element, after[index], below(at, index, index)));
}

/** True when the same names stand in the same order. */
function compareOrder(names: readonly string[], wantedNames: readonly string[]): boolean {
  return names.join('\n') === wantedNames.join('\n');
}

/** The names of a list's elements; undefined unless all have one of their own. */
function namesOf(list: readonly Json[]): readonly string[] | undefined {
  const names = list.flatMap((element) => {
    const name = isJsonObject(element) ? element['name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
  return names.length === list.length && new Set(names).size === list.length ? names : undefined;
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function below({ path, wantedPath }: Place, step: string | number, wantedStep: string | number): Place {
  return { path: [...path, step], wantedPath: [...wantedPath, wantedStep] };
}
