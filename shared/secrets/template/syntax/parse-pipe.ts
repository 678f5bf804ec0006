import type { Command, Operand, Pipe } from './node.ts';
import { readNumber } from './number.ts';
import { next, type Parser, peek, peekNonSpace, unexpected } from './parser.ts';
import { SyntaxFailure } from './syntax-failure.ts';
import type { Token } from './token.ts';
import { unquote } from './unquote.ts';

const maxParens = 100;

/** A pipeline up to the word that ends it, which is taken too. */
export function parsePipe(parser: Parser, context: string, end: 'right' | 'right-paren'): Pipe {
  const at = peekNonSpace(parser).at;
  const { variables, isAssignment } = parseVariables(parser, context, end);
  const commands: Command[] = [];
  while (true) {
    const token = peekNonSpace(parser);
    if (token.type === end) break;
    commands.push(parseCommand(parser, context));
  }
  next(parser);
  checkCommands(commands, { at, context });
  return { type: 'pipe', at, variables, isAssignment, commands };
}

function checkCommands(
  commands: readonly Command[],
  { at, context }: { readonly at: number; readonly context: string },
): void {
  if (commands.length === 0) throw new SyntaxFailure(at, `a value is missing in ${context}`);
  for (const { first } of commands.slice(1)) {
    if (['bool', 'dot', 'nil', 'number', 'string'].includes(first.type))
      throw new SyntaxFailure(first.at, 'after "|" a function is wanted');
  }
}

type Declaration = { readonly variables: readonly string[]; readonly isAssignment: boolean };

/** `$x :=`, `$x =` and, in a range, `$i, $x :=`. */
function parseVariables(parser: Parser, context: string, end: 'right' | 'right-paren'): Declaration {
  const variables: string[] = [];
  while (peekNonSpace(parser).type === 'variable') {
    const start = parser.at;
    const variable = next(parser);
    const sign = peekNonSpace(parser);
    if (sign.type === 'assign' || sign.type === 'declare') {
      next(parser);
      variables.push(declare(parser, variable));
      return { variables, isAssignment: sign.type === 'assign' };
    }
    if (sign.type !== 'comma') {
      parser.at = start;
      return { variables, isAssignment: false };
    }
    next(parser);
    if (context !== 'range' || variables.length > 0)
      throw new SyntaxFailure(sign.at, `too many variables in ${context}`);
    variables.push(declare(parser, variable));
    const following = peekNonSpace(parser);
    if (following.type !== 'variable' && following.type !== end)
      throw new SyntaxFailure(following.at, 'a range can only set variables');
  }
  return { variables, isAssignment: false };
}

function declare(parser: Parser, { text }: Token): string {
  parser.variables.push(text);
  return text;
}

function parseCommand(parser: Parser, context: string): Command {
  const operands: Operand[] = [];
  const at = peekNonSpace(parser).at;
  while (true) {
    const operand = parseOperand(parser);
    if (operand !== undefined) operands.push(operand);
    const token = peek(parser);
    if (token.type === 'right' || token.type === 'right-paren') break;
    if (token.type === 'pipe') {
      next(parser);
      break;
    }
    if (token.type !== 'space') throw unexpected(token, context);
    peekNonSpace(parser);
  }
  const [first, ...args] = operands;
  if (first === undefined) throw new SyntaxFailure(at, 'a command is empty');
  return { at, first, args };
}

/** A term with the fields behind it. */
function parseOperand(parser: Parser): Operand | undefined {
  const term = parseTerm(parser);
  if (term === undefined || peek(parser).type !== 'field') return term;
  const names: string[] = [];
  const at = peek(parser).at;
  while (peek(parser).type === 'field') names.push(next(parser).text.slice(1));
  if (term.type === 'field') return { ...term, names: [...term.names, ...names] };
  if (term.type === 'variable') return { ...term, names: [...term.names, ...names] };
  if (['bool', 'string', 'number', 'nil', 'dot'].includes(term.type))
    throw new SyntaxFailure(at, 'a constant has no fields');
  return { type: 'chain', at, node: term, names };
}

function parseTerm(parser: Parser): Operand | undefined {
  const token = peekNonSpace(parser);
  const term = readTerm(parser, token);
  if (term === undefined && token.type === 'left-paren') return parseParens(parser, token);
  if (term !== undefined) next(parser);
  return term;
}

function parseParens(parser: Parser, token: Token): Operand {
  parser.parens += 1;
  if (parser.parens > maxParens) throw new SyntaxFailure(token.at, 'parentheses are nested deeper than 100 levels');
  next(parser);
  const pipe = parsePipe(parser, 'parentheses', 'right-paren');
  parser.parens -= 1;
  return pipe;
}

function readTerm(parser: Parser, token: Token): Operand | undefined {
  const { type, text, at } = token;
  switch (type) {
    case 'identifier':
      if (!parser.isFunction(text)) throw new SyntaxFailure(at, `there is no function "${text}"`);
      return { type: 'identifier', at, name: text };
    case 'dot':
    case 'nil':
      return { type, at };
    case 'bool':
      return { type, at, value: text === 'true' };
    case 'variable':
      if (!parser.variables.includes(text)) throw new SyntaxFailure(at, `variable ${text} is not defined`);
      return { type, at, name: text, names: [] };
    case 'field':
      return { type, at, names: [text.slice(1)] };
    case 'number':
    case 'character':
      return readNumber(token);
    case 'string':
    case 'raw-string':
      return { type: 'string', at, value: unquote(text, at) };
    default:
      return undefined;
  }
}
