import type { Budget } from './budget.ts';
import { TemplateFailure } from './failure.ts';
import { formatFloat } from './float.ts';
import { formatVersion } from './format-value.ts';
import { formatTime } from './time.ts';
import { decodeText, encodeText, toRunes } from './utf8.ts';
import { type GoValue, sortedKeys, toFloat, toList, toMap } from './value.ts';

/** What a JSON text holds; `isWhole` is false where a number was too large and is missing. */
export type ReadJson = { readonly value: GoValue; readonly isWhole: boolean };

/** The value of a JSON text, numbers as float64; undefined when it is none. */
export function readJson(text: string): ReadJson | undefined {
  const loss = { isWhole: true };
  try {
    const value = toGo(JSON.parse(decodeText(text)), loss);
    return { value, isWhole: loss.isWhole };
  } catch {
    return undefined;
  }
}

function toGo(value: unknown, loss: { isWhole: boolean }): GoValue {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') {
    loss.isWhole &&= Number.isFinite(value);
    return Number.isFinite(value) ? toFloat(value) : null;
  }
  if (Array.isArray(value)) return toList(value.map((item) => toGo(item, loss)));
  return toMap(Object.entries(value as object).map(([key, member]) => [encodeText(key), toGo(member, loss)] as const));
}

/** How JSON is written: Go escapes `<`, `>` and `&` unless it is told not to. */
export type JsonStyle = { readonly indent: string; readonly escapesHtml: boolean };

/** The JSON of a value as Go's encoding/json writes it: sorted keys, its own escapes and floats. */
export function writeJson(value: GoValue, style: JsonStyle, budget: Budget): string {
  return new Writer(style, budget).write(value, '\n');
}

/** Holds what all levels of one text share. */
class Writer {
  readonly #style: JsonStyle;
  readonly #budget: Budget;

  constructor(style: JsonStyle, budget: Budget) {
    this.#style = style;
    this.#budget = budget;
  }

  write(value: GoValue, line: string): string {
    this.#budget.spend(1);
    const text = this.#budget.descend(() => this.#writeAny(value, line));
    this.#budget.spendBytes(text.length);
    return text;
  }

  #writeAny(value: GoValue, line: string): string {
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'string') return quoteJson(value, this.#style.escapesHtml);
    if (typeof value === 'boolean') return String(value);
    switch (value.kind) {
      case 'integer':
        return value.value.toString();
      case 'float':
        return writeFloat(value.value);
      case 'list':
        return value.isNil ? 'null' : this.#writeList(value.items, line);
      case 'map':
        return this.#writeMembers(
          sortedKeys(value).map((key) => [key, value.entries.get(key)] as const),
          line,
        );
      case 'time':
        return quoteJson(formatTime(value, '2006-01-02T15:04:05.999999999Z07:00'), false);
      case 'version':
        return quoteJson(formatVersion(value), this.#style.escapesHtml);
      case 'certificate':
        return this.#writeMembers(
          [
            ['Cert', value.certificate],
            ['Key', value.key],
          ],
          line,
        );
    }
  }

  #writeList(items: readonly GoValue[], line: string): string {
    const inner = line + this.#style.indent;
    return this.#enclose(
      items.map((item) => this.write(item, inner)),
      { line, open: '[', close: ']' },
    );
  }

  #writeMembers(members: readonly (readonly [string, GoValue])[], line: string): string {
    const inner = line + this.#style.indent;
    const colon = this.#style.indent === '' ? ':' : ': ';
    const written = members.map(
      ([key, member]) => quoteJson(key, this.#style.escapesHtml) + colon + this.write(member, inner),
    );
    return this.#enclose(written, { line, open: '{', close: '}' });
  }

  #enclose(
    parts: readonly string[],
    frame: { readonly line: string; readonly open: string; readonly close: string },
  ): string {
    const { line, open, close } = frame;
    if (parts.length === 0) return open + close;
    if (this.#style.indent === '') return open + parts.join(',') + close;
    const inner = line + this.#style.indent;
    return open + inner + parts.join(`,${inner}`) + line + close;
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A Go string as a JSON string. */
function quoteJson(text: string, escapesHtml: boolean): string {
  const body = toRunes(text).map(({ text: rune, bytes, isValid }) => {
    if (!isValid) return '\\ufffd';
    const known = escapes.get(rune);
    if (known !== undefined) return known;
    const isHidden = rune < ' ' || rune === '\u2028' || rune === '\u2029' || (escapesHtml && '<>&'.includes(rune));
    return isHidden ? `\\u${rune.charCodeAt(0).toString(16).padStart(4, '0')}` : bytes;
  });
  return `"${body.join('')}"`;
}

function writeFloat(value: number): string {
  if (!Number.isFinite(value)) throw new TemplateFailure('JSON has neither infinity nor NaN');
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return formatFloat(value, 'f', -1);
  return formatFloat(value, 'e', -1).replace(/e-0([0-9])$/, 'e-$1');
}
