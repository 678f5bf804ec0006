import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';

/** The objects of one document, or why there are none. */
export type ReadManifest = { readonly manifests: readonly Manifest[] } | { readonly reason: string };

const kinds: { readonly [type: string]: string } = {
  object: 'a mapping',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

/** Takes a document's value as one Kubernetes object, or a List as its items, nested ones included. */
export function readManifest(value: Json): ReadManifest {
  if (!isJsonObject(value)) return { reason: `a Kubernetes object is wanted, not ${describe(value)}` };
  if (isList(value)) return readItems(value);
  const reason = reasonAgainst(value);
  return reason === undefined ? { manifests: [value as Manifest] } : { reason };
}

function isList(value: JsonObject): boolean {
  const { kind, items } = value;
  return (
    typeof kind === 'string' && kind.endsWith('List') && (Array.isArray(items) || (items === null && kind === 'List'))
  );
}

function readItems(list: JsonObject): ReadManifest {
  const manifests: Manifest[] = [];
  for (const [index, item] of ((list['items'] ?? []) as readonly Json[]).entries()) {
    const read = readManifest(item);
    if ('reason' in read) return { reason: `items[${index}] of ${list['kind']}: ${read.reason}` };
    manifests.push(...read.manifests);
  }
  return { manifests };
}

function reasonAgainst(object: JsonObject): string | undefined {
  const { metadata } = object;
  return (
    reasonAgainstText(object, 'kind') ??
    reasonAgainstText(object, 'apiVersion') ??
    (isJsonObject(metadata)
      ? reasonAgainstMetadata(object, metadata)
      : missingOr(object, { field: 'metadata', value: metadata, wanted: 'a mapping' }))
  );
}

function reasonAgainstText(object: JsonObject, field: string): string | undefined {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? undefined : missingOr(object, { field, value, wanted: 'text' });
}

function reasonAgainstMetadata(object: JsonObject, metadata: JsonObject): string | undefined {
  const { name, namespace, generateName } = metadata;
  if (name === undefined && typeof generateName === 'string') {
    return `${nameOf(object)}: metadata.generateName gives no fixed name; write metadata.name instead`;
  }
  if (typeof name !== 'string' || name === '')
    return missingOr(object, { field: 'metadata.name', value: name, wanted: 'text' });
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    return missingOr(object, { field: 'metadata.namespace', value: namespace, wanted: 'text' });
  }
  return reasonAgainstMap(object, metadata, 'labels') ?? reasonAgainstMap(object, metadata, 'annotations');
}

function reasonAgainstMap(object: JsonObject, metadata: JsonObject, field: string): string | undefined {
  const map = metadata[field];
  if (map === undefined || map === null) return undefined;
  if (!isJsonObject(map)) return missingOr(object, { field: `metadata.${field}`, value: map, wanted: 'a mapping' });
  const wrong = Object.keys(map).find((key) => typeof map[key] !== 'string');
  return wrong === undefined
    ? undefined
    : missingOr(object, { field: `metadata.${field}["${wrong}"]`, value: map[wrong], wanted: 'text' });
}

type Wrong = { readonly field: string; readonly value: Json | undefined; readonly wanted: string };

function missingOr(object: JsonObject, { field, value, wanted }: Wrong): string {
  const owner = nameOf(object);
  if (value === undefined || value === '') return `${owner}: ${field} is missing`;
  const quote = wanted === 'text' && typeof value !== 'object' ? '; put it in quotes' : '';
  return `${owner}: ${field} must be ${wanted}, not ${describe(value)}${quote}`;
}

function describe(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : `${kinds[typeof value] ?? typeof value} (${String(value)})`;
}

function nameOf(object: JsonObject): string {
  const { kind, metadata } = object;
  const name = isJsonObject(metadata) && typeof metadata['name'] === 'string' ? ` ${metadata['name']}` : '';
  return typeof kind === 'string' && kind !== '' ? `${kind}${name}` : `object${name}`;
}
