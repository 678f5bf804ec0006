import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';
import { isSecret } from '../secret-data.ts';

/** What a masked object is to be compared with, or shown beside. */
export type Pair = { readonly live: Manifest | undefined; readonly predicted: Manifest };

/** Annotations that tools keep a whole copy of the object in. */
const copies = /last-applied|\/original(-|$)/;

/**
 * Both objects with the values of a Secret replaced by marks: equal values by equal marks, different ones by different marks.
 * A mark is a number in order of appearance, so it tells neither content nor length. Other kinds stay as they are.
 */
export function maskSecrets({ live, predicted }: Pair): Pair {
  const marks = new Map<string, string>();
  const mark = (value: Json): string => {
    const key = canonicalJson(value);
    const known = marks.get(key) ?? `<hidden ${marks.size + 1}>`;
    marks.set(key, known);
    return known;
  };
  return { live: live === undefined ? undefined : maskObject(live, mark), predicted: maskObject(predicted, mark) };
}

function maskObject(object: Manifest, mark: (value: Json) => string): Manifest {
  if (!isSecret(object)) return object;
  const { annotations } = object.metadata;
  const masked = annotations === undefined ? {} : { annotations: maskCopies(annotations, mark) };
  return {
    ...object,
    ...maskField(object, 'data', mark),
    ...maskField(object, 'stringData', mark),
    metadata: { ...object.metadata, ...masked },
  };
}

function maskField(object: Manifest, field: string, mark: (value: Json) => string): JsonObject {
  const value = object[field];
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) return { [field]: mark(value) };
  const keys = Object.keys(value).sort();
  return { [field]: Object.fromEntries(keys.map((key) => [key, mark(value[key] ?? null)])) };
}

function maskCopies(annotations: StringMap, mark: (value: Json) => string): StringMap {
  const entries = Object.entries(annotations);
  return Object.fromEntries(entries.map(([key, value]) => [key, copies.test(key) ? mark(value) : value]));
}
