import { RE2JS } from 're2js';
import type { Budget } from './budget.ts';
import { TemplateFailure } from './failure.ts';
import { encodeText, isUtf8, toRunes } from './utf8.ts';

/** Where a match and its groups are in the text; undefined for a group that took no part. */
export type Match = {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  readonly names: ReadonlyMap<string, string | undefined>;
};

/** A pattern ready to search, in time that grows with the text only. */
export type Pattern = { readonly findAll: (text: string, limit: number) => readonly Match[] };

const maxPatternBytes = 1000;

/** Reads a pattern as Go's regexp does; undefined when it is none. */
export function compilePattern(pattern: string, budget: Budget): Pattern | undefined {
  if (!isUtf8(pattern)) return undefined;
  if (pattern.length > maxPatternBytes) throw new TemplateFailure('a regular expression is longer than 1,000 bytes');
  budget.spend(20 + pattern.length);
  const compiled = compile(toSearchable(pattern));
  if (compiled === undefined) return undefined;
  const size = Math.max(1, compiled.programSize());
  return {
    findAll: (text, limit) => {
      budget.spend((text.length * Math.min(size, 1000)) / 1024);
      return findAll(compiled, toSearchable(text), limit);
    },
  };
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

/** Bytes that are no UTF-8 become lone surrogates: they match as one unknown rune does, and can be turned back. */
export function toSearchable(text: string): string {
  return toRunes(text)
    .map((rune) => (rune.isValid ? rune.text : String.fromCharCode(0xdc00 + rune.bytes.charCodeAt(0))))
    .join('');
}

/** The Go string of what `toSearchable` made. */
export function fromSearchable(text: string): string {
  const parts = text.split(/([\udc80-\udcff])/u);
  return parts
    .map((part) =>
      /^[\udc80-\udcff]$/u.test(part) ? String.fromCharCode(part.charCodeAt(0) - 0xdc00) : encodeText(part),
    )
    .join('');
}

/** Go leaves out an empty match right behind another one. */
function findAll(compiled: RE2JS, text: string, limit: number): readonly Match[] {
  const matches: Match[] = [];
  const matcher = compiled.matcher(text);
  const names = Object.entries(compiled.namedGroups());
  let at = 0;
  let before = -1;
  while (at <= text.length && matches.length < limit && matcher.find(at)) {
    const start = matcher.start();
    const end = matcher.end();
    if (end > start || start !== before) {
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
      matches.push({ start, end, groups, names: new Map(names.map(([name, index]) => [name, groups[index]])) });
    }
    before = end;
    at = end > start ? end : end + runeLength(text, end);
  }
  return matches;
}

function runeLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/**
 * What a replacement stands for, by Go's rules: `$name` takes the longest name of letters, digits and underscores, so that `$1_`
 * is a group called `1_`; `${1}_` is the first group.
 */
export function expandReplacement(replacement: string, { groups, names }: Match): string {
  const group = (name: string): string => (/^[0-9]+$/.test(name) ? groups[Number(name)] : names.get(name)) ?? '';
  return replacement.replace(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (_whole, braced?: string, plain?: string) => {
      const name = braced ?? plain;
      return name === undefined ? '$' : group(name);
    },
  );
}
