import { lexTemplate } from './lex.ts';
import type { Branch, Pipe, Statement, Tree } from './node.ts';
import { parsePipe } from './parse-pipe.ts';
import { createParser, expect, next, type Parser, peek, peekNonSpace, unexpected } from './parser.ts';
import { SyntaxFailure } from './syntax-failure.ts';
import type { Token } from './token.ts';
import { unquote } from './unquote.ts';

const maxNesting = 100;

/** Reads a template; every function that it calls must be known. Throws SyntaxFailure. */
export function parseTemplate(text: string, isFunction: (name: string) => boolean): Tree {
  const parser = createParser(text, lexTemplate(text), isFunction);
  const root: Statement[] = [];
  while (peek(parser).type !== 'end-of-text') {
    const end = parseStatement(parser, root);
    if (end !== undefined) throw new SyntaxFailure(end.at, `"${end.text}" has no block to end`);
  }
  return { text, root, templates: parser.templates };
}

/** Adds one statement; returns the `end` or `else` that is read instead. */
function parseStatement(parser: Parser, into: Statement[]): Token | undefined {
  const token = next(parser);
  if (token.type === 'text') {
    into.push({ type: 'text', at: token.at, text: token.text });
    return undefined;
  }
  if (token.type !== 'left') throw unexpected(token, 'a template');
  const word = peekNonSpace(parser);
  if (word.type !== 'keyword') {
    into.push({ type: 'action', at: word.at, pipe: parsePipe(parser, 'an action', 'right') });
    return undefined;
  }
  next(parser);
  return parseKeyword(parser, word, into);
}

function parseKeyword(parser: Parser, word: Token, into: Statement[]): Token | undefined {
  switch (word.text) {
    case 'if':
    case 'with':
    case 'range':
      into.push(parseBranch(parser, word, word.text));
      return undefined;
    case 'end':
      expect(parser, 'right', '{{end}}');
      return word;
    case 'else':
      return parseElse(parser, word);
    case 'break':
    case 'continue':
      into.push(parseLeave(parser, word, word.text));
      return undefined;
    case 'template':
      into.push(parseCall(parser, word));
      return undefined;
    case 'block':
      into.push(parseBlock(parser, word));
      return undefined;
    default:
      parseDefinition(parser, word);
      return undefined;
  }
}

/** After `else`, an `if` or `with` stays for the reader of the branch. */
function parseElse(parser: Parser, word: Token): Token {
  const following = peekNonSpace(parser);
  const isChained = following.type === 'keyword' && (following.text === 'if' || following.text === 'with');
  if (!isChained) expect(parser, 'right', '{{else}}');
  return word;
}

function parseLeave(parser: Parser, word: Token, type: 'break' | 'continue'): Statement {
  expect(parser, 'right', `{{${type}}}`);
  if (parser.ranges === 0) throw new SyntaxFailure(word.at, `{{${type}}} is outside of a {{range}}`);
  return { type, at: word.at };
}

function parseBranch(parser: Parser, word: Token, type: Branch['type']): Branch {
  const scope = parser.variables.length;
  enter(parser, word);
  const pipe = parsePipe(parser, type === 'range' ? 'range' : `{{${type}}}`, 'right');
  if (type === 'range') parser.ranges += 1;
  const body: Statement[] = [];
  const end = parseBody(parser, word, body);
  if (type === 'range') parser.ranges -= 1;
  const otherwise = end.text === 'else' ? parseOtherwise(parser, word, type) : [];
  parser.variables.length = scope;
  parser.depth -= 1;
  return { type, at: word.at, pipe, body, otherwise };
}

function parseOtherwise(parser: Parser, word: Token, type: Branch['type']): readonly Statement[] {
  const following = peekNonSpace(parser);
  if (following.type === 'keyword' && following.text === type && type !== 'range') {
    next(parser);
    return [parseBranch(parser, following, type)];
  }
  const body: Statement[] = [];
  const end = parseBody(parser, word, body);
  if (end.text !== 'end') throw new SyntaxFailure(end.at, 'after {{else}}, {{end}} is wanted');
  return body;
}

/** Statements up to the `end` or `else` that belongs to `opener`. */
function parseBody(parser: Parser, opener: Token, into: Statement[]): Token {
  while (peek(parser).type !== 'end-of-text') {
    const end = parseStatement(parser, into);
    if (end !== undefined) return end;
  }
  throw new SyntaxFailure(opener.at, `{{${opener.text}}} has no {{end}}`);
}

function parseCall(parser: Parser, word: Token): Statement {
  const name = readName(parser, '{{template}}');
  const isAlone = peekNonSpace(parser).type === 'right';
  const pipe: Pipe | undefined = isAlone ? undefined : parsePipe(parser, '{{template}}', 'right');
  if (isAlone) expect(parser, 'right', '{{template}}');
  return { type: 'template', at: word.at, name, pipe };
}

function parseBlock(parser: Parser, word: Token): Statement {
  const name = readName(parser, '{{block}}');
  const pipe = parsePipe(parser, '{{block}}', 'right');
  defineTemplate(parser, word, name);
  return { type: 'template', at: word.at, name, pipe };
}

function parseDefinition(parser: Parser, word: Token): void {
  if (parser.depth > 0) throw new SyntaxFailure(word.at, '{{define}} must not be inside of another block');
  const name = readName(parser, '{{define}}');
  expect(parser, 'right', '{{define}}');
  defineTemplate(parser, word, name);
}

/** The body of a template of its own: it sees no variable but `$`, and no loop around it. */
function defineTemplate(parser: Parser, word: Token, name: string): void {
  const outer = { variables: parser.variables, ranges: parser.ranges };
  enter(parser, word);
  parser.variables = ['$'];
  parser.ranges = 0;
  const body: Statement[] = [];
  const end = parseBody(parser, word, body);
  if (end.text !== 'end') throw new SyntaxFailure(end.at, `{{${word.text}}} has no {{else}}`);
  parser.variables = outer.variables;
  parser.ranges = outer.ranges;
  parser.depth -= 1;
  addTemplate(parser, { name, body, at: word.at });
}

type Definition = { readonly name: string; readonly body: readonly Statement[]; readonly at: number };

function addTemplate(parser: Parser, { name, body, at }: Definition): void {
  const before = parser.templates.get(name);
  if (before !== undefined && !isEmpty(before)) {
    if (!isEmpty(body)) throw new SyntaxFailure(at, 'a template is defined twice');
    return;
  }
  parser.templates.set(name, body);
}

/** A body of nothing but white space does not replace another. */
function isEmpty(body: readonly Statement[]): boolean {
  return body.every((statement) => statement.type === 'text' && statement.text.trim() === '');
}

function readName(parser: Parser, context: string): string {
  const token = peekNonSpace(parser);
  if (token.type !== 'string' && token.type !== 'raw-string') throw unexpected(token, context);
  next(parser);
  return unquote(token.text, token.at);
}

function enter(parser: Parser, word: Token): void {
  parser.depth += 1;
  if (parser.depth > maxNesting) throw new SyntaxFailure(word.at, 'blocks are nested deeper than 100 levels');
}
