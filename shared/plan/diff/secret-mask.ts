import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';
import { secretFieldsAnnotation } from '../../model/secret-fields.ts';
import { isSecret } from '../secret-data.ts';

/** What a masked object is to be compared with, or shown beside. */
export type Pair = { readonly live: Manifest | undefined; readonly predicted: Manifest };

/** Annotations that tools keep a whole copy of the object in. */
const copies = /last-applied|\/original(-|$)/;

/**
 * Both objects with the values of a Secret replaced by marks: equal values by equal marks, different ones by different marks.
 * A mark is a number in order of appearance, so it tells neither content nor length. Of other kinds only what says that it holds secret
 * values is masked, on both sides.
 */
export function maskSecrets({ live, predicted }: Pair): Pair {
  const marks = new Map<string, string>();
  const mark = (value: Json): string => {
    const key = canonicalJson(value);
    const known = marks.get(key) ?? `<hidden ${marks.size + 1}>`;
    marks.set(key, known);
    return known;
  };
  const masking = { mark, fields: new Set([...secretFieldsOf(live), ...secretFieldsOf(predicted)]) };
  return {
    live: live === undefined ? undefined : maskObject(live, masking),
    predicted: maskObject(predicted, masking),
  };
}

type Mark = (value: Json) => string;

type Masking = { readonly mark: Mark; readonly fields: ReadonlySet<string> };

function secretFieldsOf(object: Manifest | undefined): readonly string[] {
  return object?.metadata.annotations?.[secretFieldsAnnotation]?.split(' ') ?? [];
}

function maskObject(object: Manifest, { mark, fields }: Masking): Manifest {
  if (!isSecret(object) && fields.size === 0) return object;
  const { labels, annotations } = object.metadata;
  const isCopy = (key: string): boolean => isSecret(object) && copies.test(key);
  return {
    ...object,
    ...(isSecret(object) ? { ...maskField(object, 'data', mark), ...maskField(object, 'stringData', mark) } : {}),
    ...(fields.has('body') ? maskBody(object, mark) : {}),
    metadata: {
      ...object.metadata,
      ...(labels === undefined ? {} : { labels: maskSome(labels, (key) => fields.has(`labels/${key}`), mark) }),
      ...(annotations === undefined
        ? {}
        : { annotations: maskSome(annotations, (key) => isCopy(key) || fields.has(`annotations/${key}`), mark) }),
    },
  };
}

/** Every text and number of an object but those that say what it is. */
function maskBody(
  { apiVersion: _version, kind: _kind, metadata: _metadata, ...body }: Manifest,
  mark: Mark,
): JsonObject {
  return maskLeaves(body, mark) as JsonObject;
}

function maskLeaves(value: Json, mark: Mark): Json {
  if (Array.isArray(value)) return value.map((item: Json) => maskLeaves(item, mark));
  if (!isJsonObject(value)) return value === null || typeof value === 'boolean' ? value : mark(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, maskLeaves(member ?? null, mark)]));
}

function maskField(object: Manifest, field: string, mark: Mark): JsonObject {
  const value = object[field];
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) return { [field]: mark(value) };
  const keys = Object.keys(value).sort();
  return { [field]: Object.fromEntries(keys.map((key) => [key, mark(value[key] ?? null)])) };
}

function maskSome(map: StringMap, isMasked: (key: string) => boolean, mark: Mark): StringMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, isMasked(key) ? mark(value) : value]));
}
