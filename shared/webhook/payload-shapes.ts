import * as z from 'zod';

/** Why a payload cannot be used; never with any text of the payload in it. */
export type Malformed = { readonly malformed: string };

/** What a schema makes of a payload. What is wrong is named by the path of documented fields to it. */
export function readAs<Value>(schema: z.ZodType<Value>, payload: unknown): { readonly value: Value } | Malformed {
  const result = schema.safeParse(payload);
  if (result.success) return { value: result.data };
  const path = result.error.issues[0]?.path.join('.') || 'its top';
  return { malformed: `the payload has not the documented shape at ${path}` };
}

/** A list that is given up at its first wrong element: to say what is wrong with each of a million would cost too much. */
export function listOf<Element>(element: z.ZodType<Element>): z.ZodType<readonly Element[]> {
  return z.unknown().transform((value, context) => {
    const elements: Element[] = [];
    for (const [index, entry] of Array.isArray(value) ? value.entries() : []) {
      const result = element.safeParse(entry);
      if (!result.success) {
        const path = [index, ...(result.error.issues[0]?.path ?? [])];
        context.addIssue({ code: 'custom', path, message: 'is of another shape' });
        return z.NEVER;
      }
      elements.push(result.data);
    }
    if (!Array.isArray(value)) context.addIssue({ code: 'custom', message: 'is not a list' });
    return elements;
  });
}

/** A list of texts, or nothing. */
export const texts: z.ZodType<readonly string[] | null | undefined> = z
  .custom<readonly string[]>((value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
  .nullish();

/** An address of a repository, or nothing. */
export const address: z.ZodType<string | null | undefined> = z.string().max(2048).refine(isPlain).nullish();

/** A branch's or tag's short name, or nothing. */
export const shortName: z.ZodType<string | null | undefined> = z.string().max(1024).refine(isPlain).nullish();

/** A commit's or another object's name in Git. */
export const objectId: z.ZodType<string> = z.string().max(64);

/** A ref in full, with nothing in it that Git does not allow there. */
export const refName: z.ZodType<string> = z.string().refine(isRefName);

/** Neither blanks nor control characters: it may come into a log. */
function isPlain(text: string): boolean {
  return !/[\s\p{Cc}]/u.test(text);
}

/** True for a name such as `refs/heads/main`. */
export function isRefName(name: string): boolean {
  return name.length <= 1024 && /^refs\/[^\s\p{Cc}~^:?*[\\]+$/u.test(name);
}

/** True for the object id that stands for "none": zeros only. */
export function isNoObject(id: string): boolean {
  return /^0+$/.test(id);
}
