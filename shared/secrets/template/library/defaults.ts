import type { GoFunction } from '../evaluate/go-function.ts';
import { type FunctionTable, fixed, variadic } from '../evaluate/go-function.ts';
import { isDeepEqual } from '../go/deep-equal.ts';
import { isEmptyValue } from '../go/empty.ts';
import { TemplateFailure } from '../go/failure.ts';
import { type JsonStyle, readJson, writeJson } from '../go/json.ts';
import { kindName, typeName } from '../go/type-name.ts';

const escaped: JsonStyle = { indent: '', escapesHtml: true };
const pretty: JsonStyle = { indent: '  ', escapesHtml: true };
const raw: JsonStyle = { indent: '', escapesHtml: false };

/** JSON of a value; with `tolerant`, what JSON cannot say is an empty text. */
function toJson(style: JsonStyle, { tolerant }: { readonly tolerant: boolean }): GoFunction {
  return fixed(['any'], ([value], { budget }) => {
    try {
      return writeJson(value, style, budget);
    } catch (error) {
      if (tolerant && error instanceof TemplateFailure && error.message.startsWith('JSON')) return '';
      throw error;
    }
  });
}

/** Sprig's functions for defaults, JSON and types. */
export const defaultFunctions: FunctionTable = {
  default: variadic({ parameters: ['any'], rest: 'any' }, ([otherwise], given) => {
    const [value] = given;
    return given.length === 0 || isEmptyValue(value) ? otherwise : value;
  }),
  empty: fixed(['any'], ([value]) => isEmptyValue(value)),
  coalesce: variadic(
    { parameters: [], rest: 'any' },
    (_none, values) => values.find((value) => !isEmptyValue(value)) ?? null,
  ),
  all: variadic({ parameters: [], rest: 'any' }, (_none, values) => values.every((value) => !isEmptyValue(value))),
  any: variadic({ parameters: [], rest: 'any' }, (_none, values) => values.some((value) => !isEmptyValue(value))),
  ternary: fixed(['any', 'any', 'bool'], ([yes, no, condition]) => (condition ? yes : no)),
  fromJson: fixed(['string'], ([text]) => readJson(text)?.value ?? null),
  mustFromJson: fixed(['string'], ([text]) => {
    const read = readJson(text);
    if (read === undefined || !read.isWhole)
      throw new TemplateFailure('it is given a text that is no JSON', 'look at what the store holds');
    return read.value;
  }),
  toJson: toJson(escaped, { tolerant: true }),
  mustToJson: toJson(escaped, { tolerant: false }),
  toPrettyJson: toJson(pretty, { tolerant: true }),
  mustToPrettyJson: toJson(pretty, { tolerant: false }),
  toRawJson: toJson(raw, { tolerant: false }),
  mustToRawJson: toJson(raw, { tolerant: false }),
  typeOf: fixed(['any'], ([value]) => typeName(value)),
  typeIs: fixed(['string', 'any'], ([name, value]) => name === typeName(value)),
  typeIsLike: fixed(['string', 'any'], ([name, value]) => name === typeName(value) || `*${name}` === typeName(value)),
  kindOf: fixed(['any'], ([value]) => kindName(value)),
  kindIs: fixed(['string', 'any'], ([name, value]) => name === kindName(value)),
  deepEqual: fixed(['any', 'any'], ([a, b], { budget }) => isDeepEqual(a, b, budget)),
  fail: fixed(['string'], () => {
    throw new TemplateFailure('the template stops itself', 'its text is not shown here, because it can hold a value');
  }),
};
