import { decodeText, encodeText } from './go/utf8.ts';
import { functionsOf, type TemplateFlavour } from './library/function-table.ts';
import { readTemplate } from './read-template.ts';
import type { Command, Operand, Pipe, Statement, Tree } from './syntax/node.ts';
import { parseTemplate } from './syntax/parse.ts';

/** Functions whose result is another one each time. */
const changing: ReadonlySet<string> = new Set([
  'ago',
  'bcrypt',
  'encryptAES',
  'fullPemToPkcs12',
  'fullPemToPkcs12Pass',
  'genCA',
  'genCAWithKey',
  'genPrivateKey',
  'genSelfSignedCert',
  'genSelfSignedCertWithKey',
  'genSignedCert',
  'genSignedCertWithKey',
  'htpasswd',
  'now',
  'pemToPkcs12',
  'pemToPkcs12Pass',
  'pemTruststoreToPKCS12',
  'pemTruststoreToPKCS12Pass',
  'randAlpha',
  'randAlphaNum',
  'randAscii',
  'randBytes',
  'randInt',
  'randNumeric',
  'shuffle',
  'uuidv4',
]);

/** Functions that fall back to the present time when they are given no date. */
const dated: ReadonlySet<string> = new Set([
  'date',
  'dateInZone',
  'date_in_zone',
  'htmlDate',
  'htmlDateInZone',
  'durationRound',
]);

/** Reads a template and throws SecretError, with line and column, where that cannot be done; nothing is rendered. */
export function checkTemplate(name: string, text: string, flavour: TemplateFlavour): void {
  readTemplate(name, encodeText(text), flavour);
}

/**
 * False when a template can give another result for the same data: it calls a function that is random or looks at the clock.
 * A template that cannot be read is deterministic: it always fails.
 */
export function isDeterministic(text: string, flavour: TemplateFlavour): boolean {
  const tree = tryRead(text, (name) => Object.hasOwn(functionsOf(flavour), name));
  if (tree === undefined) return true;
  let isFixed = true;
  visitTree(tree, (operand) => {
    if (operand.type === 'identifier' && (changing.has(operand.name) || dated.has(operand.name))) isFixed = false;
  });
  return isFixed;
}

/**
 * The keys of `.` that a template reads: `.key` and `index . "key"`. `all` when that cannot be known, because `.` is passed on,
 * gone through or hidden behind a variable.
 */
export function keysReadBy(text: string): ReadonlySet<string> | 'all' {
  const tree = tryRead(text, () => true);
  if (tree === undefined) return 'all';
  const reader: KeyReader = { keys: new Set(), isKnown: true };
  readStatements(reader, tree.root, true);
  for (const body of tree.templates.values()) readStatements(reader, body, false);
  return reader.isKnown ? reader.keys : 'all';
}

function tryRead(text: string, isFunction: (name: string) => boolean): Tree | undefined {
  try {
    return parseTemplate(encodeText(text), isFunction);
  } catch {
    return undefined;
  }
}

type Visit = (operand: Operand) => void;

function visitTree(tree: Tree, visit: Visit): void {
  visitStatements(tree.root, visit);
  for (const body of tree.templates.values()) visitStatements(body, visit);
}

function visitStatements(statements: readonly Statement[], visit: Visit): void {
  for (const statement of statements) {
    if ('pipe' in statement && statement.pipe !== undefined) visitOperand(statement.pipe, visit);
    if (!('body' in statement)) continue;
    visitStatements(statement.body, visit);
    visitStatements(statement.otherwise, visit);
  }
}

function visitOperand(operand: Operand, visit: Visit): void {
  visit(operand);
  if (operand.type === 'chain') visitOperand(operand.node, visit);
  if (operand.type !== 'pipe') return;
  for (const { first, args } of operand.commands) for (const part of [first, ...args]) visitOperand(part, visit);
}

type KeyReader = { readonly keys: Set<string>; isKnown: boolean };

/** `isRoot`: `.` is the data here, and not an item of a range or what `with` chose. */
function readStatements(reader: KeyReader, statements: readonly Statement[], isRoot: boolean): void {
  for (const statement of statements) readStatement(reader, statement, isRoot);
}

function readStatement(reader: KeyReader, statement: Statement, isRoot: boolean): void {
  if ('pipe' in statement && statement.pipe !== undefined) readPipe(reader, statement.pipe, isRoot);
  if (!('body' in statement)) return;
  readStatements(reader, statement.body, isRoot && statement.type === 'if');
  readStatements(reader, statement.otherwise, isRoot);
}

function readPipe(reader: KeyReader, pipe: Pipe, isRoot: boolean): void {
  for (const command of pipe.commands) readCommand(reader, command, isRoot);
}

function readCommand(reader: KeyReader, { first, args }: Command, isRoot: boolean): void {
  const [item, key] = args;
  const isIndex = first.type === 'identifier' && first.name === 'index';
  if (isIndex && item !== undefined && isData(item, isRoot) && key?.type === 'string') {
    reader.keys.add(decodeText(key.value));
    for (const operand of args.slice(2)) readOperand(reader, operand, isRoot);
    return;
  }
  for (const operand of [first, ...args]) readOperand(reader, operand, isRoot);
}

/** True for `.` and `$` where they are the data. In a template of its own, `$` is what it is called with. */
function isData(operand: Operand, isRoot: boolean): boolean {
  return (
    (operand.type === 'dot' && isRoot) ||
    (operand.type === 'variable' && operand.name === '$' && operand.names.length === 0)
  );
}

function readOperand(reader: KeyReader, operand: Operand, isRoot: boolean): void {
  if (isData(operand, isRoot)) reader.isKnown = false;
  if (operand.type === 'field' && isRoot) reader.keys.add(decodeText(operand.names[0] ?? ''));
  if (operand.type === 'variable' && operand.name === '$' && operand.names[0] !== undefined)
    reader.keys.add(decodeText(operand.names[0]));
  if (operand.type === 'chain') readChain(reader, operand, isRoot);
  if (operand.type === 'pipe') readPipe(reader, operand, isRoot);
}

function readChain(
  reader: KeyReader,
  { node, names }: Extract<Operand, { readonly type: 'chain' }>,
  isRoot: boolean,
): void {
  const only = node.type === 'pipe' && node.commands.length === 1 ? node.commands[0] : undefined;
  if (only !== undefined && only.args.length === 0 && isData(only.first, isRoot)) {
    reader.keys.add(decodeText(names[0] ?? ''));
    return;
  }
  readOperand(reader, node, isRoot);
}
