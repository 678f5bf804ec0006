import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, variadic } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { formatPrinted } from '../go/format-value.ts';
import { printLine, printTogether } from '../go/print.ts';
import { printFormatted } from '../go/printf.ts';
import { isPrintable } from '../go/quote.ts';
import { isTrue } from '../go/truth.ts';
import { typeName } from '../go/type-name.ts';
import { toRunes } from '../go/utf8.ts';
import { type GoValue, toInt } from '../go/value.ts';
import { areEqual, isLess, isLessOrEqual } from './comparison.ts';

/** Go's own functions but for comparisons. */
export const builtinFunctions: FunctionTable = {
  // What calls functions evaluates these two as far as needed.
  and: variadic({ parameters: ['any'], rest: 'any' }, ([first]) => first),
  or: variadic({ parameters: ['any'], rest: 'any' }, ([first]) => first),
  not: fixed(['any'], ([value]) => !isTrue(value)),
  len: fixed(['any'], ([value]) => toInt(lengthOf(value))),
  index: variadic({ parameters: ['any'], rest: 'any' }, ([item], indexes) =>
    indexes.reduce(findItem, checkIndexed(item)),
  ),
  print: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) => printTogether(values, budget)),
  println: variadic({ parameters: [], rest: 'any' }, (_none, values, { budget }) => printLine(values, budget)),
  printf: variadic({ parameters: ['string'], rest: 'any' }, ([format], values, { budget }) =>
    printFormatted(format, values, budget),
  ),
  html: variadic({ parameters: [], rest: 'any' }, (_none, values, environment) =>
    escapeHtml(textOf(values, environment)),
  ),
  js: variadic({ parameters: [], rest: 'any' }, (_none, values, environment) =>
    escapeScript(textOf(values, environment)),
  ),
  urlquery: variadic({ parameters: [], rest: 'any' }, (_none, values, environment) =>
    escapeQuery(textOf(values, environment)),
  ),
  call: variadic({ parameters: ['any'], rest: 'any' }, ([value]) => {
    throw new TemplateFailure(`a ${typeName(value)} is no function`);
  }),
  eq: variadic({ parameters: ['any'], rest: 'any' }, ([first], others) => areEqual(first, others)),
  ne: fixed(['any', 'any'], ([first, second]) => !areEqual(first, [second])),
  lt: fixed(['any', 'any'], ([first, second]) => isLess(first, second)),
  le: fixed(['any', 'any'], ([first, second]) => isLessOrEqual(first, second)),
  gt: fixed(['any', 'any'], ([first, second]) => !isLessOrEqual(first, second)),
  ge: fixed(['any', 'any'], ([first, second]) => !isLess(first, second)),
};

function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'object' && value?.kind === 'list') return value.items.length;
  if (typeof value === 'object' && value?.kind === 'map') return value.entries.size;
  throw new TemplateFailure(`a ${typeName(value)} has no length`);
}

function checkIndexed(item: GoValue): GoValue {
  if (item === null || item === undefined) throw new TemplateFailure('it is given nothing to look into');
  return item;
}

function findItem(item: GoValue, index: GoValue): GoValue {
  if (typeof item === 'string') {
    return { kind: 'integer', type: 'uint8', value: BigInt(item.charCodeAt(positionOf(index, item.length))) };
  }
  if (typeof item === 'object' && item?.kind === 'list') return item.items[positionOf(index, item.items.length)];
  if (typeof item === 'object' && item?.kind === 'map') {
    if (typeof index !== 'string') throw new TemplateFailure(`a dict's key is a string and not a ${typeName(index)}`);
    return item.entries.get(index) ?? (item.item === 'string' ? '' : null);
  }
  throw new TemplateFailure(`there is nothing inside of a ${typeName(item)}`);
}

function positionOf(index: GoValue, length: number): number {
  if (typeof index !== 'object' || index?.kind !== 'integer')
    throw new TemplateFailure(`an index is an integer and not a ${typeName(index)}`);
  if (index.value < 0n || index.value >= BigInt(length)) throw new TemplateFailure('the index is out of range');
  return Number(index.value);
}

function textOf(values: readonly GoValue[], { budget }: Environment): string {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return only;
  const printable = values.map((value) =>
    value === null || value === undefined ? formatPrinted(value, budget) : value,
  );
  return printTogether(printable, budget);
}

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\u0000', '\u00ef\u00bf\u00bd'],
]);

function escapeHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go replaces NUL.
  return text.replace(/["'&<>\u0000]/g, (character) => htmlEscapes.get(character) ?? character);
}

const scriptEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

function escapeScript(text: string): string {
  const escaped = toRunes(text).map((rune) => {
    const code = rune.text.codePointAt(0) ?? 0;
    const known = scriptEscapes.get(rune.text);
    if (known !== undefined) return known;
    const isShown = code >= 0x80 ? isPrintable(rune.text) : code >= 0x20;
    return isShown ? rune.bytes : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return escaped.join('');
}

/** Go's url.QueryEscape. */
function escapeQuery(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (character) =>
    character === ' ' ? '+' : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
