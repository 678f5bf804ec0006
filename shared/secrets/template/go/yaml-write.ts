import type { Budget } from './budget.ts';
import { TemplateFailure } from './failure.ts';
import { formatFloat } from './float.ts';
import { compareKeys } from './yaml-order.ts';
import { chooseStyle, isUnprintable } from './yaml-style.ts';

/** What JSON can say, with numbers kept as they are written. */
export type YamlValue =
  | null
  | boolean
  | string
  | { readonly number: string }
  | readonly YamlValue[]
  | ReadonlyMap<string, YamlValue>;

const bestWidth = 80;
const step = 2;
const longestKey = 128;

type Place = { readonly indent: number; readonly inMapping: boolean };

/** A value as Go's sigs.k8s.io/yaml writes it, line end included. */
export function writeYaml(value: YamlValue, budget: Budget): string {
  const emitter = new Emitter(budget);
  emitter.writeNode(value, { indent: -1, inMapping: false });
  return emitter.finish();
}

/** Holds the column and what was written before it, which decide how YAML goes on. */
class Emitter {
  readonly #out: string[] = [];
  readonly #budget: Budget;
  #column = 0;
  #isSpaced = true;
  #isIndented = true;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  finish(): string {
    if (this.#column > 0) this.#break();
    return this.#out.join('');
  }

  writeNode(value: YamlValue, place: Place): void {
    this.#budget.spend(1);
    const scalarIndent = place.indent < 0 ? step : place.indent + step;
    if (Array.isArray(value)) this.#budget.descend(() => this.#writeList(value, place));
    else if (value instanceof Map) this.#budget.descend(() => this.#writeMap(value, place));
    else if (typeof value === 'string') this.#writeText(value, { indent: scalarIndent, isSimpleKey: false });
    else this.#writePlain(toWord(value as Exclude<YamlValue, string | readonly YamlValue[]>), undefined);
  }

  #writeList(items: readonly YamlValue[], { indent, inMapping }: Place): void {
    if (items.length === 0) this.#indicate('[]', { isSpaced: true });
    const isSame = inMapping && !this.#isIndented;
    const mine = indent < 0 ? 0 : isSame ? indent : indent + step;
    for (const item of items) {
      this.#indent(mine);
      this.#indicate('-', { isSpaced: true, isIndentation: true });
      this.writeNode(item, { indent: mine, inMapping: false });
    }
  }

  #writeMap(map: ReadonlyMap<string, YamlValue>, { indent }: Place): void {
    if (map.size === 0) this.#indicate('{}', { isSpaced: true });
    const mine = indent < 0 ? 0 : indent + step;
    for (const key of [...map.keys()].sort(compareKeys)) {
      this.#indent(mine);
      this.#writeKey(key, mine);
      this.writeNode(map.get(key) ?? null, { indent: mine, inMapping: true });
    }
  }

  #writeKey(key: string, indent: number): void {
    const isSimple = !key.includes('\n') && Buffer.byteLength(key) <= longestKey;
    if (!isSimple) this.#indicate('?', { isSpaced: true, isIndentation: true });
    this.#writeText(key, { indent: indent + step, isSimpleKey: isSimple });
    if (!isSimple) this.#indent(indent);
    this.#indicate(':', { isSpaced: !isSimple, isIndentation: !isSimple });
  }

  #writeText(text: string, { indent, isSimpleKey }: { readonly indent: number; readonly isSimpleKey: boolean }): void {
    this.#budget.spendBytes(text.length);
    if (/[\u0085\u2028\u2029]/.test(text))
      throw new TemplateFailure('a text has a line end other than \\n, which is not supported in YAML', 'use toJson');
    const fold = isSimpleKey ? undefined : indent;
    const style = chooseStyle(text, { isSimpleKey });
    if (style === 'plain') this.#writePlain(text, fold);
    if (style === 'single') this.#writeQuoted(text, { quote: "'", fold });
    if (style === 'double') this.#writeQuoted(text, { quote: '"', fold });
    if (style === 'literal') this.#writeLiteral(text, indent);
  }

  #writePlain(text: string, fold: number | undefined): void {
    if (!this.#isSpaced) this.#put(' ');
    this.#writeFolded([...text], { quote: '', fold });
    this.#isSpaced = false;
    this.#isIndented = false;
  }

  #writeQuoted(text: string, { quote, fold }: { readonly quote: string; readonly fold: number | undefined }): void {
    this.#indicate(quote, { isSpaced: true });
    this.#writeFolded([...text], { quote, fold });
    this.#indicate(quote, { isSpaced: false });
  }

  /** Behind column 80, a single space becomes a line end. */
  #writeFolded(
    runes: readonly string[],
    { quote, fold }: { readonly quote: string; readonly fold: number | undefined },
  ): void {
    let wasSpace = false;
    for (const [index, rune] of runes.entries()) {
      const canFold = fold !== undefined && rune === ' ' && !wasSpace && this.#column > bestWidth;
      const isInside = quote === '' || (index > 0 && index < runes.length - 1);
      const isLastSpace = runes[index + 1] !== ' ';
      wasSpace = rune === ' ';
      if (canFold && isInside && (isLastSpace || quote === '"')) {
        this.#indent(fold);
        if (!isLastSpace) this.#put('\\');
        continue;
      }
      this.#put(escapeRune(rune, quote));
      if (rune !== ' ') this.#isSpaced = false;
      this.#isIndented = false;
    }
  }

  #writeLiteral(text: string, indent: number): void {
    const hint = /^[ \n]/.test(text) ? String(step) : '';
    const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
    this.#indicate(`|${hint}${chomp}`, { isSpaced: true });
    this.#break();
    this.#isIndented = true;
    this.#isSpaced = true;
    for (const line of text.split(/(?<=\n)/)) {
      if (line !== '\n') this.#put(' '.repeat(indent) + line.replace(/\n$/, ''));
      if (line.endsWith('\n')) this.#break();
      else this.#isSpaced = false;
    }
    this.#isIndented = text.endsWith('\n');
  }

  #indicate(
    text: string,
    { isSpaced, isIndentation = false }: { readonly isSpaced: boolean; readonly isIndentation?: boolean },
  ): void {
    if (isSpaced && !this.#isSpaced) this.#put(' ');
    this.#put(text);
    this.#isSpaced = false;
    this.#isIndented = this.#isIndented && isIndentation;
  }

  #indent(indent: number): void {
    if (!this.#isIndented || this.#column > indent || (this.#column === indent && !this.#isSpaced)) this.#break();
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column));
    this.#isSpaced = true;
    this.#isIndented = true;
  }

  #put(text: string): void {
    this.#out.push(text);
    this.#column += [...text].length;
  }

  #break(): void {
    this.#out.push('\n');
    this.#column = 0;
  }
}

const named: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u001b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u00a0', '\\_'],
]);

function escapeRune(rune: string, quote: string): string {
  if (quote === "'") return rune === "'" ? "''" : rune;
  if (quote === '' || !(isUnprintable(rune) || rune === '\n' || rune === '"' || rune === '\\')) return rune;
  const known = named.get(rune);
  if (known !== undefined) return known;
  const hex = (rune.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

type Word = null | boolean | { readonly number: string } | ReadonlyMap<string, YamlValue>;

function toWord(value: Word): string {
  if (value === null || typeof value === 'boolean' || value instanceof Map) return String(value);
  const { number } = value as { readonly number: string };
  const isInteger = /^-?[0-9]+$/.test(number) && isWithin64Bits(BigInt(number));
  return isInteger ? number : formatFloat(Number(number), 'g', -1);
}

function isWithin64Bits(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 64n;
}
