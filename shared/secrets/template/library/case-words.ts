import { lowerRune } from '../go/rune-case.ts';
import { encodeText, toRunes } from '../go/utf8.ts';

type WordType = 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other' | 'end';
type Word = { readonly type: WordType; readonly text: string };

/** Splits a text into words of lower case that `connector` joins, as sprig's library does for snakecase and kebabcase. */
export function splitWords(text: string, connector: string): string {
  const words = findWords(toRunes(text).map((rune) => rune.text));
  return encodeText(new Joiner(words, connector).join());
}

/** Letters that are neither capitals nor Chinese, which sprig's library takes for signs. */
const small = '(?![\\p{Lu}\\u3400-\\u4d85\\u4e00-\\u9fcc\\u{20000}-\\u{2b81d}])\\p{L}';
const space = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const patterns: readonly (readonly [WordType, RegExp])[] = [
  ['connector', new RegExp(`^[-_${space}]+`, 'u')],
  ['punctuation', /^(?![-_])\p{P}+/u],
  ['upper', /^\p{Lu}/u],
  ['alphabet', new RegExp(`^(?:${small})+`, 'u')],
  ['number', /^\p{N}+/u],
  ['other', new RegExp(`^(?:(?!${small}|[-_${space}]|\\p{Lu}|\\p{N}|\\p{P})[^])+`, 'u')],
];

const smallLetters = new RegExp(`^(?:${small})+`, 'u');

function findWords(runes: readonly string[]): readonly Word[] {
  const words: Word[] = [];
  let rest = runes.join('');
  while (rest !== '') {
    const word = firstWord(rest);
    words.push(word);
    rest = rest.slice(word.text.length);
  }
  return words;
}

function firstWord(rest: string): Word {
  for (const [type, pattern] of patterns) {
    const text = type === 'upper' ? matchUpper(rest) : pattern.exec(rest)?.[0];
    if (text !== undefined) return { type, text };
  }
  return { type: 'other', text: [...rest][0] ?? '' };
}

/** `HTTPStatus` is `HTTP` and `Status`: the last capital before a small letter begins the next word. */
function matchUpper(rest: string): string | undefined {
  const capitals = /^\p{Lu}+/u.exec(rest)?.[0];
  if (capitals === undefined) return undefined;
  const letters = [...capitals];
  const behind = rest.slice(capitals.length);
  const following = smallLetters.exec(behind)?.[0];
  if (letters.length === 1) return capitals + (following ?? '');
  return following === undefined ? capitals : letters.slice(0, -1).join('');
}

const end: Word = { type: 'end', text: '' };

/** Joins words; it holds where it stands in them. */
class Joiner {
  readonly #words: readonly Word[];
  readonly #connector: string;
  readonly #out: string[] = [];
  #at = 0;

  constructor(words: readonly Word[], connector: string) {
    this.#words = words;
    this.#connector = connector;
  }

  join(): string {
    while (this.#at < this.#words.length - 1) {
      const word = this.#current();
      if (word.type !== 'connector') this.#add(word);
      this.#at += 1;
      this.#afterWord(word);
    }
    this.#add(this.#current());
    return this.#out.join('');
  }

  #afterWord(word: Word): void {
    if (word.type === 'number') {
      this.#addTail();
      return;
    }
    if (word.type === 'connector') {
      this.#add(word);
      return;
    }
    if (word.type !== 'punctuation') this.#afterLetters();
  }

  #afterLetters(): void {
    const number = this.#current();
    if (number.type !== 'number') {
      this.#connectUnless(['connector', 'punctuation']);
      return;
    }
    if (this.#at === this.#words.length - 1) return;
    this.#at += 1;
    if (this.#current().type !== 'alphabet') {
      this.#add(number);
      this.#connectUnless(['connector', 'punctuation']);
      return;
    }
    // Small letters behind a number: the number begins a word.
    this.#out.push(this.#connector);
    this.#add(number);
    this.#addTail();
  }

  /** A number and what follows it, digits and small letters, are one word. */
  #addTail(): void {
    while (['alphabet', 'number'].includes(this.#current().type)) {
      this.#add(this.#current());
      this.#at += 1;
    }
    this.#connectUnless(['end', 'punctuation', 'connector']);
  }

  #connectUnless(types: readonly WordType[]): void {
    if (!types.includes(this.#current().type)) this.#out.push(this.#connector);
  }

  #current(): Word {
    return this.#words[this.#at] ?? end;
  }

  #add({ type, text }: Word): void {
    this.#out.push(type === 'connector' ? this.#connector.repeat([...text].length) : toLowerWord(type, text));
  }
}

function toLowerWord(type: WordType, text: string): string {
  return type === 'upper' ? [...text].map((rune) => lowerRune(rune)).join('') : text;
}
