import { canonicalJson, isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { FieldPath } from './field-path.ts';

/** Who last claimed a field, and when (ISO 8601). */
export type FieldOwner = { readonly manager: string; readonly time?: string };

/** All field managers that own a field, the latest first; empty where `managedFields` tells nothing. */
export function fieldOwners(object: Manifest, path: FieldPath): readonly FieldOwner[] {
  const { managedFields } = object.metadata;
  if (!Array.isArray(managedFields)) return [];
  return managedFields
    .filter((entry: Json) => owns(jsonAt(entry, 'fieldsV1'), object, path))
    .flatMap((entry: Json) => toOwner(entry) ?? [])
    .sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1));
}

function toOwner(entry: Json): FieldOwner | undefined {
  const manager = jsonAt(entry, 'manager');
  const time = jsonAt(entry, 'time');
  if (typeof manager !== 'string') return undefined;
  return typeof time === 'string' ? { manager, time } : { manager };
}

/** Follows a path through a fieldsV1 set. An empty set is a leaf: whoever owns it owns all below. */
function owns(fields: Json | undefined, object: Json, path: FieldPath): boolean {
  let set = fields;
  let value: Json | undefined = object;
  for (const step of path) {
    if (!isJsonObject(set)) return false;
    if (set !== fields && isLeaf(set)) return true;
    value = jsonAt(value, step);
    set = typeof step === 'string' ? set[`f:${step}`] : elementOf(set, value, step);
  }
  return isJsonObject(set);
}

function isLeaf(set: JsonObject): boolean {
  return Object.keys(set).length === 0;
}

/** The set of one list element: found by its key fields (`k:`), its value (`v:`) or its index (`i:`). */
function elementOf(set: JsonObject, element: Json | undefined, index: number): Json | undefined {
  const name = Object.keys(set).find((key) => {
    if (key === `i:${index}`) return true;
    if (key.startsWith('v:')) return element !== undefined && isSameJson(key.slice(2), element);
    return key.startsWith('k:') && hasKeyFields(key.slice(2), element);
  });
  return name === undefined ? undefined : set[name];
}

function hasKeyFields(text: string, element: Json | undefined): boolean {
  const keys = parse(text);
  if (!isJsonObject(keys) || !isJsonObject(element)) return false;
  return Object.entries(keys).every(([field, wanted]) => {
    const actual = element[field];
    return actual !== undefined && wanted !== undefined && canonicalJson(actual) === canonicalJson(wanted);
  });
}

function isSameJson(text: string, value: Json): boolean {
  const parsed = parse(text);
  return parsed !== undefined && canonicalJson(parsed) === canonicalJson(value);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
