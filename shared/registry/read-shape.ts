import * as z from 'zod';
import { InvalidManifest } from '../errors.ts';
import { fieldPath, wordForType } from '../model/field-words.ts';
import { isJsonObject } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { unknownFields } from '../model/unknown-fields.ts';

/** A map of strings, as labels and annotations are. */
export const stringMap: z.ZodType<{ readonly [key: string]: string }> = z.record(z.string(), z.string());

/** A known field that has no effect here. */
export const ignored: z.ZodExactOptional<z.ZodUnknown> = z.unknown().exactOptional();

/** A known field that must not be there, since leaving it out of account would do something else than was asked. */
export function refused(why: string): z.ZodExactOptional<z.ZodNever> {
  return z.never({ error: `is not supported: ${why}` }).exactOptional();
}

/** A name as Kubernetes allows it for most objects (RFC 1123). */
export const objectName: z.ZodType<string> = z
  .string()
  .max(253, { error: 'is longer than 253 characters' })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    error: ({ input }) =>
      `is ${JSON.stringify(input)}; expected lower-case letters, digits, "-" and ".", a letter or digit first and last`,
  });

/**
 * The value that a schema makes of a manifest, and warnings of fields that it does not know.
 * A null counts as absent, as for Kubernetes. All that is wrong is in one InvalidManifest, with field paths.
 */
export function readShape<Value>(
  schema: z.ZodType<Value>,
  manifest: Manifest,
  origin: string,
): { readonly value: Value; readonly warnings: readonly string[] } {
  const input = withoutNulls(manifest);
  const result = schema.safeParse(input);
  if (!result.success) throw invalid(manifest, origin, problemsOf(result.error, input));
  const warnings = unknownFields(schema, input).map(({ path, meant }) =>
    warningFor(
      manifest,
      origin,
      `${path} is not a known field and is ignored${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    ),
  );
  return { value: result.data, warnings };
}

/** A warning, with the object and where it is declared in front. */
export function warningFor(manifest: Manifest, origin: string, text: string): string {
  return `${nameOf(manifest)} (${origin}): ${text}`;
}

type Problem = { readonly text: string; readonly hint?: string };

/** The error for a manifest that cannot be used; the first problem's hint is its way out. */
export function invalid(manifest: Manifest, origin: string, problems: readonly Problem[]): InvalidManifest {
  const object = nameOf(manifest);
  const lines = problems.map(({ text }) => text);
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  ${line}`).join('');
  return new InvalidManifest('application-invalid', `${object} (${origin}):${list}`, {
    object,
    hint:
      problems.find(({ hint }) => hint !== undefined)?.hint ?? `Correct it in ${origin}; all others go on without it.`,
  });
}

function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${String(metadata.name ?? '(without a name)')}`;
}

/** Values of Helm keep their nulls: there a null takes a default away. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([key, member]) => [key, key === 'valuesObject' ? member : withoutNulls(member)]));
}

function problemsOf(error: z.ZodError, input: unknown): readonly Problem[] {
  return error.issues.map((issue) => {
    const path = fieldPath(issue.path) || 'it';
    if (issue.code !== 'invalid_type' || issue.expected === 'never') return { text: `${path} ${issue.message}` };
    const found = valueAt(input, issue.path);
    if (found === undefined) return { text: `${path} is missing; expected ${wordForType(issue.expected)}` };
    const text = `${path} is ${describe(found)}; expected ${wordForType(issue.expected)}`;
    const unquoted = issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean');
    return unquoted ? { text, hint: `Put the value of ${path} in quotes.` } : { text };
  });
}

/** Only what it is, never its content: that may be a secret in the wrong place. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'boolean' ? `${value}` : wordForType(typeof value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, step) => (current as { [key: PropertyKey]: unknown } | undefined)?.[step],
    value,
  );
}
