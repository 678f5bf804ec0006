import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { lowerRune, titleRune, upperRune } from '../go/rune-case.ts';
import { encodeText, isAscii, toRunes } from '../go/utf8.ts';
import { splitWords } from './case-words.ts';
import { isSpaceRune } from './spaces.ts';

/** Sprig's functions for upper and lower case. */
export const caseFunctions: FunctionTable = {
  upper: fixed(['string'], ([text]) => mapRunes(text, upperRune)),
  lower: fixed(['string'], ([text]) => mapRunes(text, lowerRune)),
  title: fixed(['string'], ([text]) => toTitle(text)),
  untitle: fixed(['string'], ([text]) => toUntitled(text)),
  swapcase: fixed(['string'], ([text]) => swapCase(text)),
  camelcase: fixed(['string'], ([text]) => toPascalCase(text)),
  snakecase: fixed(['string'], ([text]) => splitWords(text, '_')),
  kebabcase: fixed(['string'], ([text]) => splitWords(text, '-')),
};

function mapRunes(text: string, change: (rune: string) => string): string {
  return encodeText(
    toRunes(text)
      .map((rune) => change(rune.text))
      .join(''),
  );
}

function isUpper(rune: string): boolean {
  return /^\p{Lu}$/u.test(rune);
}

/** Go's strings.Title: a letter begins a word unless a letter, digit or underscore is before it. */
function toTitle(text: string): string {
  let isStart = true;
  return mapRunes(text, (rune) => {
    const changed = isStart ? titleRune(rune) : rune;
    isStart = isSeparator(rune);
    return changed;
  });
}

function isSeparator(rune: string): boolean {
  if (isAscii(rune)) return !/[A-Za-z0-9_]/.test(rune);
  return !/^[\p{L}\p{Nd}]$/u.test(rune) && isSpaceRune(rune);
}

function toUntitled(text: string): string {
  let isStart = true;
  return mapRunes(text, (rune) => {
    const isSpace = isSpaceRune(rune);
    const changed = isStart && !isSpace ? lowerRune(rune) : rune;
    isStart = isSpace;
    return changed;
  });
}

function swapCase(text: string): string {
  let isStart = true;
  return mapRunes(text, (rune) => {
    const wasStart = isStart;
    const isCased = /^[\p{Lu}\p{Lt}\p{Ll}]$/u.test(rune) || (/^\p{Lowercase}$/u.test(rune) && /^\p{Ll}$/u.test(rune));
    isStart = !isCased && isSpaceRune(rune);
    if (/^[\p{Lu}\p{Lt}]$/u.test(rune)) return lowerRune(rune);
    if (!/^\p{Ll}$/u.test(rune)) return rune;
    return wasStart ? titleRune(rune) : upperRune(rune);
  });
}

/** Whether a rune joins words: `-`, `_` or white space. */
function isConnector(rune: string): boolean {
  return rune === '-' || rune === '_' || isSpaceRune(rune);
}

/** Sprig's camelcase, as its library makes it: the first letter is a capital too. */
function toPascalCase(text: string): string {
  const runes = toRunes(text).map((rune) => rune.text);
  const start = runes.findIndex((rune) => !isConnector(rune));
  // A text of nothing but connectors gets one more of the last one.
  if (start < 0) return encodeText([...runes, runes.at(-1) ?? ''].join(''));
  const out = runes.slice(0, start);
  let current = runes[start] ?? '';
  let wasUpper = isUpper(current);
  current = upperRune(current);
  for (const rune of runes.slice(start + 1)) {
    const before = current;
    current = rune;
    if (isConnector(before)) {
      if (isConnector(rune)) {
        out.push(before);
        continue;
      }
      wasUpper = isUpper(rune);
      current = upperRune(rune);
      continue;
    }
    const isUpperRun = wasUpper && isUpper(rune);
    if (isUpperRun) current = lowerRune(rune);
    wasUpper = isUpperRun;
    out.push(before);
  }
  return encodeText([...out, current].join(''));
}
