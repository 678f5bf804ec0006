import { SecretValue } from './secret-value.ts';

/** Any JSON value, read-only. A member that is undefined counts as absent; in place of a string there may be a secret one. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject | SecretValue;

export type JsonObject = { readonly [key: string]: Json | undefined };

/** True for a JSON object: neither null, nor an array, nor a secret. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SecretValue);
}

/** The value at a path of keys and indexes, or undefined where the path ends early. */
export function jsonAt(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') current = (current as readonly Json[])[step];
    else if (isJsonObject(current) && typeof step === 'string' && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** JSON text whose object keys are sorted at every level: equal values give equal text, secrets by their marks. */
export function canonicalJson(value: Json): string {
  if (value instanceof SecretValue) return `{"<secret>":${JSON.stringify(value.mark)}}`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`);
  return `{${members.join(',')}}`;
}
