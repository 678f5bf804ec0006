import type { Statement } from './node.ts';
import { SyntaxFailure } from './syntax-failure.ts';
import type { Token, TokenType } from './token.ts';

/** What the parser's functions share. */
export type Parser = {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly isFunction: (name: string) => boolean;
  readonly templates: Map<string, readonly Statement[]>;
  at: number;
  depth: number;
  ranges: number;
  parens: number;
  variables: string[];
};

/** A parser that stands before the first word. */
export function createParser(text: string, tokens: readonly Token[], isFunction: (name: string) => boolean): Parser {
  return { text, tokens, isFunction, templates: new Map(), at: 0, depth: 0, ranges: 0, parens: 0, variables: ['$'] };
}

/** The word that comes next. */
export function peek(parser: Parser): Token {
  const token = parser.tokens[parser.at] ?? { type: 'end-of-text', text: '', at: parser.text.length };
  if (token.type === 'error') throw new SyntaxFailure(token.at, token.text);
  return token;
}

/** Takes the word that comes next. */
export function next(parser: Parser): Token {
  const token = peek(parser);
  parser.at += 1;
  return token;
}

/** The word that comes next, white space left out. */
export function peekNonSpace(parser: Parser): Token {
  while (peek(parser).type === 'space') parser.at += 1;
  return peek(parser);
}

/** Takes the next word, which must be of this type. */
export function expect(parser: Parser, type: TokenType, context: string): Token {
  const token = peekNonSpace(parser);
  if (token.type !== type) throw unexpected(token, context);
  return next(parser);
}

const shown: { readonly [type in TokenType]?: string } = {
  left: '"{{"',
  right: '"}}"',
  pipe: '"|"',
  assign: '"="',
  declare: '":="',
  comma: '","',
  dot: '"."',
  'left-paren': '"("',
  'right-paren': '")"',
  'end-of-text': 'the end',
};

/** The failure for a word that cannot stand where it is. Words are named by their kind, not quoted. */
export function unexpected(token: Token, context: string): SyntaxFailure {
  const what = shown[token.type] ?? (token.type === 'keyword' ? `{{${token.text}}}` : `a ${token.type}`);
  return new SyntaxFailure(token.at, `${what} cannot stand there in ${context}`);
}
