import { type FunctionTable, fixed, variadic } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { formatValue } from '../go/format-value.ts';
import { printFormatted } from '../go/printf.ts';
import { quoteText } from '../go/quote.ts';
import { encodeText, toRunes } from '../go/utf8.ts';
import { compareBytes, toStringMap, toTypedList } from '../go/value.ts';
import { abbreviate, abbreviateBoth } from './abbreviate.ts';
import { isSpaceRune, trimRunes, trimSpace } from './spaces.ts';
import { toText, toTexts } from './to-text.ts';
import { wrapText } from './wrap-text.ts';

/** Sprig's functions for texts but those for their case. */
export const stringFunctions: FunctionTable = {
  hello: fixed([], () => 'Hello!'),
  abbrev: fixed(['int', 'string'], ([width, text]) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: fixed(['int', 'int', 'string'], ([left, right, text]) => abbreviateBoth(text, left, right)),
  trunc: fixed(['int', 'string'], ([count, text]) => truncate(text, count)),
  trim: fixed(['string'], ([text]) => trimSpace(text)),
  trimall: fixed(['string', 'string'], ([cutset, text]) => trimRunes(text, cutset)),
  trimAll: fixed(['string', 'string'], ([cutset, text]) => trimRunes(text, cutset)),
  trimSuffix: fixed(['string', 'string'], ([suffix, text]) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: fixed(['string', 'string'], ([prefix, text]) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  substr: fixed(['int', 'int', 'string'], ([start, end, text]) => cut(text, start, end)),
  repeat: fixed(['int', 'string'], ([count, text], { budget }) => {
    if (count < 0) throw new TemplateFailure('a text cannot be repeated less than 0 times');
    budget.spendBytes(count * text.length);
    return text.repeat(count);
  }),
  nospace: fixed(['string'], ([text]) => removeSpace(text)),
  initials: fixed(['string'], ([text]) => initialsOf(text)),
  wrap: fixed(['int', 'string'], ([width, text], { budget }) =>
    wrapText(text, { width, lineEnd: '', breaksWords: false }, budget),
  ),
  wrapWith: fixed(['int', 'string', 'string'], ([width, lineEnd, text], { budget }) =>
    wrapText(text, { width, lineEnd, breaksWords: true }, budget),
  ),
  contains: fixed(['string', 'string'], ([part, text]) => text.includes(part)),
  hasPrefix: fixed(['string', 'string'], ([prefix, text]) => text.startsWith(prefix)),
  hasSuffix: fixed(['string', 'string'], ([suffix, text]) => text.endsWith(suffix)),
  quote: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) =>
    present(values)
      .map((value) => quoteText(toText(value, budget)))
      .join(' '),
  ),
  squote: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) =>
    present(values)
      .map((value) => `'${formatValue(value, budget)}'`)
      .join(' '),
  ),
  cat: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) => {
    const shown = present(values);
    return printFormatted(shown.map(() => '%v').join(' '), shown, budget);
  }),
  indent: fixed(['int', 'string'], ([count, text], { budget }) => indent(text, pad(count, text, budget))),
  nindent: fixed(['int', 'string'], ([count, text], { budget }) => `\n${indent(text, pad(count, text, budget))}`),
  replace: fixed(['string', 'string', 'string'], ([old, other, text], { budget }) => {
    const count = old === '' ? text.length + 1 : text.split(old).length - 1;
    budget.spendBytes(text.length + count * other.length);
    return old === '' ? insertBetween(text, other) : text.replaceAll(old, () => other);
  }),
  plural: fixed(['string', 'string', 'int'], ([one, many, count]) => (count === 1 ? one : many)),
  toString: fixed(['any'], ([value], { budget }) => toText(value, budget)),
  toStrings: fixed(['any'], ([value], { budget }) => toTypedList('string', toTexts(value, budget))),
  join: fixed(['string', 'any'], ([separator, value], { budget }) => {
    const texts = toTexts(value, budget);
    budget.spendBytes(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
    return texts.join(separator);
  }),
  sortAlpha: fixed(['any'], ([value], { budget }) =>
    toTypedList('string', [...toTexts(value, budget)].sort(compareBytes)),
  ),
  split: fixed(['string', 'string'], ([separator, text]) => toNumbered(splitText(text, separator))),
  splitn: fixed(['string', 'int', 'string'], ([separator, count, text]) =>
    toNumbered(splitSome(text, separator, count)),
  ),
  splitList: fixed(['string', 'string'], ([separator, text]) => toTypedList('string', splitText(text, separator))),
};

function present<Value>(values: readonly Value[]): readonly Value[] {
  return values.filter((value) => value !== null && value !== undefined);
}

function truncate(text: string, count: number): string {
  if (count < 0 && text.length + count > 0) return text.slice(count);
  return count >= 0 ? text.slice(0, count) : text;
}

function cut(text: string, start: number, end: number): string {
  const isOpen = end < 0 || end > text.length;
  const from = Math.max(start, 0);
  const to = isOpen && start >= 0 ? text.length : end;
  if (from > to || to > text.length || to < 0)
    throw new TemplateFailure('the text is shorter than what is to be cut out of it');
  return text.slice(from, to);
}

/** As sprig's library, byte by byte: each byte that stays becomes a rune of its own. */
function removeSpace(text: string): string {
  const kept = [...text].filter((character) => !isSpaceRune(character));
  return kept.length === text.length ? text : encodeText(kept.join(''));
}

function initialsOf(text: string): string {
  const characters = [...text];
  const initials = characters.filter(
    (character, index) => !isSpaceRune(character) && (index === 0 || isSpaceRune(characters[index - 1] ?? '')),
  );
  return encodeText(initials.join(''));
}

function pad(count: number, text: string, budget: { spendBytes(bytes: number): void }): string {
  if (count < 0) throw new TemplateFailure('a text cannot be indented by less than 0');
  budget.spendBytes(text.length + count * text.split('\n').length);
  return ' '.repeat(count);
}

function indent(text: string, padding: string): string {
  return padding + text.replaceAll('\n', `\n${padding}`);
}

function insertBetween(text: string, other: string): string {
  return (
    other +
    toRunes(text)
      .map(({ bytes }) => bytes + other)
      .join('')
  );
}

/** Go's strings.Split: an empty separator cuts between runes. */
function splitText(text: string, separator: string): readonly string[] {
  if (separator !== '') return text.split(separator);
  return toRunes(text).map(({ bytes }) => bytes);
}

function splitSome(text: string, separator: string, count: number): readonly string[] {
  const parts = splitText(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  if (count === 0) return [];
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function toNumbered(parts: readonly string[]): ReturnType<typeof toStringMap> {
  return toStringMap(parts.map((part, index) => [`_${index}`, part] as const));
}
