import { plainNumber } from './number-text.ts';
import { arrayStep, objectStep, refusedSyntax } from './path.ts';
import type { Query } from './path-query.ts';
import { type Item, itemText, matchesQuery } from './query-match.ts';
import { firstContainer, fromBinaryText, itemsOf, membersOf, type Span, toBinaryText } from './scan.ts';
import { unescapeJson } from './text.ts';
import { matchesWildcards } from './wildcards.ts';

/** `refused` says which part of the path is not supported. */
export type PropertyAnswer =
  | { readonly found: true; readonly bytes: Uint8Array }
  | { readonly found: false; readonly refused?: string };

/** A JSON text that several properties are taken from. */
export type OpenedJson = { readonly text: string; readonly members: ReadonlyMap<string, Span> };

/** Reads a text once for `propertyIn`; what is no JSON has no properties. */
export function openJson(bytes: Uint8Array): OpenedJson {
  const text = toBinaryText(bytes);
  const whole = firstContainer(text);
  const members = new Map<string, Span>();
  if (whole?.kind !== 'object') return { text, members };
  for (const { key, value } of membersOf(text, whole)) {
    const name = unescapeJson(key);
    if (!members.has(name)) members.set(name, value);
  }
  return { text, members };
}

/**
 * A property of a JSON text: the member of the whole text that has exactly that name, else what the gjson path points at.
 * Texts come decoded, integers as they are written, other numbers in the fewest digits, objects and arrays as they are written,
 * and null as nothing at all.
 */
export function propertyOf(bytes: Uint8Array, property: string): PropertyAnswer {
  return propertyIn(openJson(bytes), property);
}

/** As `propertyOf`, for a text that is open. */
export function propertyIn({ text, members }: OpenedJson, property: string): PropertyAnswer {
  const path = toBinaryText(Buffer.from(property, 'utf8'));
  const named = members.get(path);
  if (named !== undefined) return { found: true, bytes: printed({ text, span: named }) };
  const refused = refusedSyntax(path);
  if (refused !== undefined) return { found: false, refused };
  const whole = firstContainer(text);
  const item = whole === undefined ? undefined : lookUp({ text, span: whole }, path);
  return item === undefined ? { found: false } : { found: true, bytes: printed(item) };
}

function printed({ text, span }: Item): Uint8Array {
  const raw = text.slice(span.start, span.end);
  if (span.kind === 'null') return new Uint8Array();
  if (span.kind === 'number') return fromBinaryText(plainNumber(raw));
  return fromBinaryText(span.kind === 'string' ? unescapeJson(raw.slice(1, -1)) : raw);
}

function lookUp(item: Item, path: string): Item | undefined {
  if (item.span.kind === 'object') return inObject(item, path);
  return item.span.kind === 'array' ? inArray(item, path) : undefined;
}

function inObject({ text, span }: Item, path: string): Item | undefined {
  const { part, wild, rest } = objectStep(path);
  for (const { key, value } of membersOf(text, span)) {
    const name = unescapeJson(key);
    if (wild ? !matchesWildcards(name, part) : name !== part) continue;
    const item = { text, span: value };
    const found = rest === undefined ? item : lookUp(item, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inArray(item: Item, path: string): Item | undefined {
  const { text, span } = item;
  const step = arrayStep(path);
  if (step.type === 'nothing') return undefined;
  if (step.type === 'count') return made(String([...itemsOf(text, span)].length), 'number');
  if (step.type === 'collect') return made(collected(item, step.rest), 'array');
  if (step.type === 'query') return byQuery(item, step.query, step.rest);
  let index = 0;
  for (const value of itemsOf(text, span)) {
    if (index === step.index)
      return step.rest === undefined ? { text, span: value } : lookUp({ text, span: value }, step.rest);
    index += 1;
  }
  return undefined;
}

function made(text: string, kind: Span['kind']): Item {
  return { text, span: { kind, start: 0, end: text.length } };
}

function collected({ text, span }: Item, rest: string): string {
  const found: string[] = [];
  for (const value of itemsOf(text, span)) {
    const item = lookUp({ text, span: value }, rest);
    if (item !== undefined) found.push(itemText(item));
  }
  return `[${found.join(',')}]`;
}

function byQuery({ text, span }: Item, query: Query, rest: string | undefined): Item | undefined {
  const found: string[] = [];
  for (const value of itemsOf(text, span)) {
    const item = { text, span: value };
    const asked = askedOf(item, query.path);
    if (!asked.applies || !matchesQuery(query, asked.item)) continue;
    const answer = rest === undefined ? item : lookUp(item, rest);
    if (!query.all) return answer;
    if (answer !== undefined) found.push(itemText(answer));
  }
  return query.all ? made(`[${found.join(',')}]`, 'array') : undefined;
}

/** An object or array is asked for a path; anything else only for itself. */
function askedOf(item: Item, path: string): { readonly applies: boolean; readonly item: Item | undefined } {
  const isContainer = item.span.kind === 'object' || item.span.kind === 'array';
  if (isContainer) return { applies: true, item: lookUp(item, path) };
  return { applies: path === '', item };
}
