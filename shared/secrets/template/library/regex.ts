import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, type GoFunction } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import {
  compilePattern,
  expandReplacement,
  fromSearchable,
  type Match,
  type Pattern,
  toSearchable,
} from '../go/regexp.ts';
import { type GoValue, toNilList, toTypedList } from '../go/value.ts';

function requirePattern(pattern: string, { budget }: Environment): Pattern {
  const compiled = compilePattern(pattern, budget);
  if (compiled === undefined)
    throw new TemplateFailure(
      'it is given a pattern that is no regular expression of Go',
      'Go knows neither lookaround nor backreferences',
    );
  return compiled;
}

const find = fixed(['string', 'string'], ([pattern, text], environment) => {
  const [match] = requirePattern(pattern, environment).findAll(text, 1);
  return fromSearchable(match?.groups[0] ?? '');
});

const findAll = fixed(['string', 'string', 'int'], ([pattern, text, count], environment) => {
  const matches = requirePattern(pattern, environment).findAll(text, count < 0 ? Infinity : count);
  environment.budget.spend(matches.length);
  if (matches.length === 0) return toNilList('string');
  return toTypedList(
    'string',
    matches.map(({ groups }) => fromSearchable(groups[0] ?? '')),
  );
});

const mustMatch = fixed(
  ['string', 'string'],
  ([pattern, text], environment) => requirePattern(pattern, environment).findAll(text, 1).length > 0,
);

const match = fixed(['string', 'string'], ([pattern, text], { budget }) => {
  const compiled = compilePattern(pattern, budget);
  return compiled !== undefined && compiled.findAll(text, 1).length > 0;
});

function replace(expand: (replacement: string, found: Match) => string): GoFunction {
  return fixed(['string', 'string', 'string'], ([pattern, text, replacement], environment) => {
    const matches = requirePattern(pattern, environment).findAll(text, Infinity);
    const searched = toSearchable(text);
    const wanted = toSearchable(replacement);
    const out: string[] = [];
    let at = 0;
    let length = 0;
    for (const found of matches) {
      const expanded = expand(wanted, found);
      length += found.start - at + expanded.length;
      environment.budget.spend(1 + expanded.length / 256);
      environment.budget.limitBytes(length);
      out.push(searched.slice(at, found.start), expanded);
      at = found.end;
    }
    return fromSearchable(out.join('') + searched.slice(at));
  });
}

const replaceAll = replace(expandReplacement);
const replaceLiteral = replace((replacement) => replacement);

const split = fixed(['string', 'string', 'int'], ([pattern, text, count], environment): GoValue => {
  const compiled = requirePattern(pattern, environment);
  if (count === 0) return toNilList('string');
  if (pattern !== '' && text === '') return toTypedList('string', ['']);
  const parts = splitBy(toSearchable(text), compiled.findAll(text, count < 0 ? Infinity : count), count);
  environment.budget.spend(parts.length);
  return toTypedList('string', parts.map(fromSearchable));
});

function splitBy(text: string, matches: readonly Match[], count: number): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let end = 0;
  for (const found of matches) {
    if (count > 0 && parts.length === count - 1) break;
    end = found.start;
    if (found.end !== 0) parts.push(text.slice(start, end));
    start = found.end;
  }
  return end === text.length ? parts : [...parts, text.slice(start)];
}

/** Sprig's functions for regular expressions, in Go's syntax. */
export const regexFunctions: FunctionTable = {
  regexMatch: match,
  mustRegexMatch: mustMatch,
  regexFind: find,
  mustRegexFind: find,
  regexFindAll: findAll,
  mustRegexFindAll: findAll,
  regexReplaceAll: replaceAll,
  mustRegexReplaceAll: replaceAll,
  regexReplaceAllLiteral: replaceLiteral,
  mustRegexReplaceAllLiteral: replaceLiteral,
  regexSplit: split,
  mustRegexSplit: split,
  regexQuoteMeta: fixed(['string'], ([text]) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};
