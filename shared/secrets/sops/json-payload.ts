import type { Json } from '../../model/json.ts';
import type { OpenedLeaf } from './decrypt-leaves.ts';
import { type Edit, type PlacedLeaf, type ReadPayload, replaceParts, textOf } from './payload.ts';
import type { PlainValue } from './sops-value.ts';

const token = /\s*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]:,"]+)/y;

type Token = { readonly text: string; readonly start: number; readonly end: number };
type Span = { readonly start: number; readonly end: number };
type Reader = { readonly tokens: readonly Token[]; readonly leaves: PlacedLeaf[]; at: number; block: Span | undefined };

/** Reads an encrypted JSON file; undefined: it is none. */
export function readJsonPayload(text: string): ReadPayload | undefined {
  const block = parseBlock(text);
  if (block === undefined) return undefined;
  const reader: Reader = { tokens: tokensOf(text), leaves: [], at: 0, block: undefined };
  readValue(reader, []);
  const cut = reader.block === undefined ? [] : [{ ...withComma(text, reader.block), text: '' }];
  return {
    leaves: reader.leaves,
    block,
    write: (opened) => Buffer.from(replaceParts(text, [...cut, ...opened.flatMap(toEdit)])),
  };
}

/** The bytes that sops put into the envelope of a binary file. */
export function binaryOf(opened: readonly OpenedLeaf<PlacedLeaf>[]): Uint8Array {
  const [leaf] = opened;
  return leaf?.plain?.bytes ?? Buffer.from(String(leaf?.value ?? ''));
}

function parseBlock(text: string): Json | undefined {
  try {
    return (JSON.parse(text) as { readonly sops?: Json }).sops;
  } catch {
    return undefined;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, found = ''] = match;
    tokens.push({ text: found, start: token.lastIndex - found.length, end: token.lastIndex });
  }
  return tokens;
}

/** The text was parsed before, so it is known to be right. */
function readValue(reader: Reader, path: readonly string[]): void {
  const { text, start, end } = next(reader);
  if (text === '{') readMembers(reader, path);
  else if (text === '[') readItems(reader, path);
  else reader.leaves.push({ path, value: JSON.parse(text) as PlacedLeaf['value'], start, end });
}

function readMembers(reader: Reader, path: readonly string[]): void {
  while (peek(reader) !== '}') {
    if (peek(reader) === ',') reader.at += 1;
    const { text, start } = next(reader);
    const key = JSON.parse(text) as string;
    reader.at += 1;
    const before = reader.leaves.length;
    readValue(reader, [...path, key]);
    if (path.length > 0 || key !== 'sops') continue;
    reader.leaves.length = before;
    reader.block = { start, end: reader.tokens[reader.at - 1]?.end ?? start };
  }
  reader.at += 1;
}

function readItems(reader: Reader, path: readonly string[]): void {
  while (peek(reader) !== ']') {
    if (peek(reader) === ',') reader.at += 1;
    readValue(reader, path);
  }
  reader.at += 1;
}

function peek({ tokens, at }: Reader): string | undefined {
  return tokens[at]?.text ?? '}';
}

function next(reader: Reader): Token {
  reader.at += 1;
  return reader.tokens[reader.at - 1] ?? { text: 'null', start: 0, end: 0 };
}

/** With the comma before it, or the one behind it when it comes first. */
function withComma(text: string, { start, end }: Span): Span {
  const before = /,\s*$/.exec(text.slice(0, start));
  if (before !== null) return { start: before.index, end };
  const [after = ''] = /^\s*,/.exec(text.slice(end)) ?? [];
  return { start, end: end + after.length };
}

function toEdit({ plain, start, end }: OpenedLeaf<PlacedLeaf>): readonly Edit[] {
  return plain === undefined ? [] : [{ start, end, text: jsonOf(plain) }];
}

function jsonOf({ type, bytes }: PlainValue): string {
  const text = textOf(bytes) ?? Buffer.from(bytes).toString('utf8');
  if (type === 'bool') return text.toLowerCase();
  return type === 'int' || type === 'float' ? text : JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escapeOf);
}

/** As Go writes JSON. */
function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
