import * as z from 'zod';
import { SecretError } from '../../errors.ts';
import { fieldPath, wordForType } from '../../model/field-words.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { type UnknownField, unknownFields } from '../../model/unknown-fields.ts';

/** Something wrong with a manifest: the field, and what is wrong with it. */
export type Problem = { readonly field: string; readonly text: string; readonly hint?: string };

/** One of some words; empty counts as absent. */
export function word<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodType<Words[number] | undefined> {
  return z.preprocess((value) => (value === '' ? undefined : value), z.enum(words).optional());
}

/** A name as Kubernetes allows it for most objects (RFC 1123). */
export const objectName: z.ZodString = z
  .string()
  .regex(/^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    error: 'is no name of an object: lower-case letters, digits, "-" and ".", at most 253',
  });

/** A key of a Secret or ConfigMap. */
export const dataKey: z.ZodString = z
  .string()
  .regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: 'is no key of a Secret: letters, digits, "-", "." and "_", at most 253' });

/** What a schema makes of a manifest, a null counting as absent; all that is wrong is in one SecretError, with field names. */
export function readShape<Value>(schema: z.ZodType<Value>, manifest: Manifest): Value {
  const input = withoutNulls(manifest);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidManifest(
    manifest,
    result.error.issues.map((issue) => problemOf(issue, input, schema)),
  );
}

/** The error for a manifest that cannot be used. Only field names and words of ours are in it. */
export function invalidManifest(manifest: Manifest, problems: readonly Problem[]): SecretError {
  const object = nameOf(manifest);
  const lines = problems.map(({ field, text }) => `${field} ${text}`);
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  ${line}`).join('');
  return new SecretError('secret-invalid', `${object}:${list}`, {
    object,
    hint: problems.find(({ hint }) => hint !== undefined)?.hint ?? 'correct the manifest in Git',
  });
}

function nameOf({ kind, metadata }: Manifest): string {
  const { namespace, name } = metadata;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
}

function problemOf(issue: z.core.$ZodIssue, input: unknown, schema: z.ZodType): Problem {
  const field = fieldPath(issue.path) || 'it';
  if (issue.code === 'unrecognized_keys')
    return { field, text: `has fields that are not known: ${namesWithMeant(issue, unknownFields(schema, input))}` };
  // What is said by a schema of ours is kept.
  if (/^(?:is|has) /.test(issue.message)) return { field, text: issue.message };
  if (issue.code === 'invalid_value') return { field, text: `is none of ${issue.values.map(String).join(', ')}` };
  if (issue.code !== 'invalid_type' || issue.expected === 'never') return { field, text: issue.message };
  const wanted = wordForType(issue.expected);
  if (valueAt(input, issue.path) === undefined) return { field, text: `is missing; it has to be ${wanted}` };
  const hint = issue.expected === 'string' ? { hint: `put the value of ${field} in quotes` } : {};
  return { field, text: `is not ${wanted}`, ...hint };
}

/** Names of unknown fields, each with the known one that a slip may stand for. */
function namesWithMeant(
  { path, keys }: Pick<z.core.$ZodIssueUnrecognizedKeys, 'path' | 'keys'>,
  unknown: readonly UnknownField[],
): string {
  const place = path.length === 0 ? '' : `${fieldPath(path)}.`;
  return keys
    .map((key) => {
      const meant = unknown.find((each) => each.path === `${place}${key}`)?.meant;
      return meant === undefined ? key : `${key} (did you mean ${meant}?)`;
    })
    .join(', ');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, step) => (current as { readonly [key: PropertyKey]: unknown } | undefined)?.[step],
    value,
  );
}
