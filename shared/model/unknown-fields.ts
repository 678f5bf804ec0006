import { isJsonObject } from './json.ts';

/** A field that a schema does not know, and the known one beside it that is spelt most alike. */
export type UnknownField = { readonly path: string; readonly meant?: string };

/** What a schema of zod shows of itself. */
type Schema = { readonly _zod: { readonly def: object } };

/** What is looked at of a schema: enough to walk objects and lists, through defaults and transforms. */
type Definition = {
  readonly shape?: { readonly [field: string]: Schema };
  readonly catchall?: Schema;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly in?: Schema;
};

/** The fields of a value that its schema does not know, in order. Objects that take any field are not looked into. */
export function unknownFields(schema: Schema, value: unknown, path = ''): readonly UnknownField[] {
  const definition = schema._zod.def as Definition;
  const wrapped = definition.innerType ?? definition.in;
  if (wrapped !== undefined) return unknownFields(wrapped, value, path);
  const { element, shape } = definition;
  if (element !== undefined && Array.isArray(value))
    return value.flatMap((item, index) => unknownFields(element, item, `${path}[${index}]`));
  if (shape === undefined || !isJsonObject(value)) return [];
  return Object.keys(value).flatMap((field) => {
    const inner = Object.hasOwn(shape, field) ? shape[field] : undefined;
    const innerPath = path === '' ? field : `${path}.${field}`;
    if (inner !== undefined) return unknownFields(inner, value[field], innerPath);
    return isClosed(definition) ? [unknownField(innerPath, field, Object.keys(shape))] : [];
  });
}

/** True for objects that list their fields; strict ones refuse all else, the others pass it over. */
function isClosed({ catchall }: Definition): boolean {
  return catchall === undefined || ('type' in catchall._zod.def && catchall._zod.def.type === 'never');
}

function unknownField(path: string, field: string, known: readonly string[]): UnknownField {
  const meant = mostAlike(field, known);
  return meant === undefined ? { path } : { path, meant };
}

/** The known word that is at most two edits away, whatever the case; undefined: none is. */
export function mostAlike(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, edits: editsBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= 2 && edits < name.length / 2)
    .sort((left, right) => left.edits - right.edits);
  return near[0]?.name;
}

/** Levenshtein's distance. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, character] of [...from].entries()) row = nextRow(row, { line, character, to });
  return row[to.length] ?? 0;
}

function nextRow(
  above: readonly number[],
  at: { readonly line: number; readonly character: string; readonly to: string },
): number[] {
  const row = [at.line + 1];
  for (const [column, character] of [...at.to].entries()) {
    const replace = (above[column] ?? 0) + (character === at.character ? 0 : 1);
    row.push(Math.min(replace, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
  }
  return row;
}
