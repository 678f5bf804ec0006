import { toRunes } from '../go/utf8.ts';
import { keywords, type Token, type TokenType } from './token.ts';

type Lexer = { readonly text: string; readonly tokens: Token[]; at: number; parens: number };

const leftDelimiter = '{{';
const rightDelimiter = '}}';
const spaces = ' \t\r\n';

/** The words of a template; what cannot be read is one error at the end. */
export function lexTemplate(text: string): readonly Token[] {
  const lexer: Lexer = { text, tokens: [], at: 0, parens: 0 };
  while (lexer.at < text.length) {
    if (!lexText(lexer)) return lexer.tokens;
  }
  lexer.tokens.push({ type: 'end-of-text', text: '', at: text.length });
  return lexer.tokens;
}

/** Text, and the action or comment behind it; false after an error. */
function lexText(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const found = text.indexOf(leftDelimiter, at);
  const end = found < 0 ? text.length : found;
  const isTrimmed = found >= 0 && hasLeftTrim(text, found + 2);
  const shown = isTrimmed ? trimEnd(text.slice(at, end)) : text.slice(at, end);
  if (shown !== '') lexer.tokens.push({ type: 'text', text: shown, at });
  lexer.at = end;
  if (found < 0) return true;
  const inside = found + 2 + (isTrimmed ? 2 : 0);
  if (text.startsWith('/*', inside)) return lexComment(lexer, inside);
  lexer.tokens.push({ type: 'left', text: leftDelimiter, at: found });
  lexer.at = inside;
  return lexAction(lexer);
}

function hasLeftTrim(text: string, at: number): boolean {
  return text[at] === '-' && isSpace(text[at + 1]);
}

function lexComment(lexer: Lexer, inside: number): boolean {
  const close = lexer.text.indexOf('*/', inside + 2);
  if (close < 0) return fail(lexer, inside, 'a comment is not closed');
  lexer.at = close + 2;
  return closeAction(lexer) || fail(lexer, inside, 'a comment must reach to the closing delimiter');
}

/** Goes beyond `}}` or ` -}}`, if there is one here. */
function closeAction(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const isTrimmed = isSpace(text[at]) && text.startsWith(`-${rightDelimiter}`, at + 1);
  if (!isTrimmed && !text.startsWith(rightDelimiter, at)) return false;
  lexer.at = at + (isTrimmed ? 4 : 2);
  while (isTrimmed && isSpace(text[lexer.at])) lexer.at += 1;
  return true;
}

function lexAction(lexer: Lexer): boolean {
  lexer.parens = 0;
  while (true) {
    const start = lexer.at;
    if (closeAction(lexer)) {
      if (lexer.parens > 0) return fail(lexer, start, 'a parenthesis is not closed');
      lexer.tokens.push({ type: 'right', text: rightDelimiter, at: start });
      return true;
    }
    if (!lexInside(lexer)) return false;
  }
}

function lexInside(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const character = text[at];
  if (character === undefined) return fail(lexer, at, 'an action is not closed');
  if (isSpace(character)) return lexSpace(lexer);
  if (character === '"') return lexQuoted(lexer, '"', 'string');
  if (character === "'") return lexQuoted(lexer, "'", 'character');
  if (character === '`') return lexRaw(lexer);
  if (character === '(' || character === ')') return lexParen(lexer, character);
  if (character === '$') return lexName(lexer, 'variable');
  if (character === '.' && !/[0-9]/.test(text[at + 1] ?? '')) return lexName(lexer, 'field');
  if (/[-+.0-9]/.test(character)) return lexNumber(lexer);
  return lexSign(lexer, character) ?? lexWord(lexer);
}

function lexSpace(lexer: Lexer): boolean {
  const start = lexer.at;
  while (isSpace(lexer.text[lexer.at]) && !isRightTrim(lexer)) lexer.at += 1;
  if (lexer.at > start) lexer.tokens.push({ type: 'space', text: ' ', at: start });
  return true;
}

function isRightTrim({ text, at }: Lexer): boolean {
  return text.startsWith(`-${rightDelimiter}`, at + 1);
}

function lexQuoted(lexer: Lexer, quote: string, type: TokenType): boolean {
  const { text, at } = lexer;
  for (let next = at + 1; next < text.length && text[next] !== '\n'; next += 1) {
    if (text[next] === quote) return push(lexer, type, next + 1);
    if (text[next] === '\\' && text[next + 1] !== '\n') next += 1;
  }
  return fail(lexer, at, `a ${type === 'string' ? 'quoted string' : 'character constant'} is not closed`);
}

function lexRaw(lexer: Lexer): boolean {
  const close = lexer.text.indexOf('`', lexer.at + 1);
  return close < 0 ? fail(lexer, lexer.at, 'a raw string is not closed') : push(lexer, 'raw-string', close + 1);
}

function lexParen(lexer: Lexer, character: string): boolean {
  lexer.parens += character === '(' ? 1 : -1;
  if (lexer.parens < 0) return fail(lexer, lexer.at, 'a parenthesis is closed that was not opened');
  return push(lexer, character === '(' ? 'left-paren' : 'right-paren', lexer.at + 1);
}

function lexName(lexer: Lexer, type: 'field' | 'variable'): boolean {
  const end = wordEnd(lexer.text, lexer.at + 1);
  if (!isTerminator(lexer.text, end))
    return fail(lexer, end, 'there is a character that no name can have; use index . "name"');
  return push(lexer, type === 'field' && end === lexer.at + 1 ? 'dot' : type, end);
}

function lexNumber(lexer: Lexer): boolean {
  const number =
    /^[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)/;
  const length = number.exec(lexer.text.slice(lexer.at, lexer.at + 400))?.[0].length ?? 0;
  const end = lexer.at + length;
  if (length === 0 || wordEnd(lexer.text, end) > end || /[-+]/.test(lexer.text[end] ?? ''))
    return fail(lexer, lexer.at, 'a number is not written as Go wants it');
  return push(lexer, 'number', end);
}

/** Signs of one or two characters; undefined: a word begins here. */
function lexSign(lexer: Lexer, character: string): boolean | undefined {
  const { text, at } = lexer;
  if (character === '=') return push(lexer, 'assign', at + 1);
  if (character === '|') return push(lexer, 'pipe', at + 1);
  if (character === ',') return push(lexer, 'comma', at + 1);
  if (character === ':')
    return text[at + 1] === '=' ? push(lexer, 'declare', at + 2) : fail(lexer, at, 'after ":", "=" is wanted');
  if (wordEnd(text, at) > at) return undefined;
  return /[!-~]/.test(character)
    ? push(lexer, 'other', at + 1)
    : fail(lexer, at, 'there is a character that no action can have');
}

function lexWord(lexer: Lexer): boolean {
  const end = wordEnd(lexer.text, lexer.at);
  if (!isTerminator(lexer.text, end)) return fail(lexer, end, 'there is a character that no name can have');
  return push(lexer, wordType(lexer.text.slice(lexer.at, end)), end);
}

function wordType(word: string): TokenType {
  if (keywords.has(word)) return 'keyword';
  if (word === 'true' || word === 'false') return 'bool';
  return word === 'nil' ? 'nil' : 'identifier';
}

/** Where a run of letters, digits and underscores ends. */
function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const rune = toRunes(text.slice(at, at + 4))[0];
    if (rune === undefined || !rune.isValid || !/^[\p{L}\p{Nd}_]$/u.test(rune.text)) return at;
    at += rune.bytes.length;
  }
  return at;
}

function isTerminator(text: string, at: number): boolean {
  return (
    at >= text.length || isSpace(text[at]) || '.,|:)('.includes(text.charAt(at)) || text.startsWith(rightDelimiter, at)
  );
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && spaces.includes(character);
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

function push(lexer: Lexer, type: TokenType, end: number): boolean {
  lexer.tokens.push({ type, text: lexer.text.slice(lexer.at, end), at: lexer.at });
  lexer.at = end;
  return true;
}

function fail(lexer: Lexer, at: number, reason: string): boolean {
  lexer.tokens.push({ type: 'error', text: reason, at });
  return false;
}
