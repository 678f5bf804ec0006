import { jsonNumber, plainNumber } from './number-text.ts';
import { fromBinaryText, toBinaryText } from './scan.ts';
import { unescapeJson } from './text.ts';

/** A JSON value with nothing lost: each has its own text, numbers are not rounded, texts are of one character a byte. */
export type JsonTree =
  | { readonly kind: 'object'; readonly raw: string; readonly members: ReadonlyMap<string, JsonTree> }
  | { readonly kind: 'array'; readonly raw: string; readonly items: readonly JsonTree[] }
  | { readonly kind: 'string'; readonly raw: string; readonly text: string }
  | { readonly kind: 'number' | 'true' | 'false' | 'null'; readonly raw: string };

const maxDepth = 1_000;

type Reader = { readonly text: string; at: number };

/** Thrown and caught here; it says nothing of the text. */
class NotJson extends Error {}

/** The value of a text that is JSON to the letter; undefined for any other, and for one nested deeper than a thousand levels. */
export function readJson(bytes: Uint8Array): JsonTree | undefined {
  const reader: Reader = { text: toBinaryText(bytes), at: 0 };
  try {
    skipSpaces(reader);
    const tree = readValue(reader, 0);
    skipSpaces(reader);
    return reader.at === reader.text.length ? tree : undefined;
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** The members of a JSON object in order, the last of several with one name; undefined when the text is no object. */
export function jsonObjectEntries(bytes: Uint8Array): ReadonlyMap<string, JsonTree> | undefined {
  const tree = readJson(bytes);
  return tree?.kind === 'object' ? tree.members : undefined;
}

/** A value as `extract` gives it: texts decoded, null as nothing, all else as it is written. */
export function extractedBytes(tree: JsonTree): Uint8Array {
  if (tree.kind === 'null') return new Uint8Array();
  return fromBinaryText(tree.kind === 'string' ? tree.text : tree.raw);
}

/** A value as `rewrite.merge` gives it: texts decoded, numbers without exponent, null as nothing, objects and arrays as Go writes them. */
export function mergedBytes(tree: JsonTree): Uint8Array {
  if (tree.kind === 'number' && Number.isFinite(Number(tree.raw))) return fromBinaryText(plainNumber(tree.raw));
  if (tree.kind !== 'object' && tree.kind !== 'array') return extractedBytes(tree);
  return Buffer.from(goJson(tree, { escapeHtml: true }), 'utf8');
}

/** JSON as Go's encoder writes it: no spaces, keys sorted by their bytes; integers keep all their digits. */
export function goJson(tree: JsonTree, how: { readonly escapeHtml: boolean }): string {
  if (tree.kind === 'string') return goJsonString(tree.text, how);
  if (tree.kind === 'number') return jsonNumber(tree.raw);
  if (tree.kind === 'array') return `[${tree.items.map((item) => goJson(item, how)).join(',')}]`;
  return tree.kind === 'object' ? goJsonObject(tree.members, how) : tree.raw;
}

/** As `goJson`, of an object's members. */
export function goJsonObject(members: ReadonlyMap<string, JsonTree>, how: { readonly escapeHtml: boolean }): string {
  const sorted = [...members].sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${goJsonString(key, how)}:${goJson(value, how)}`).join(',')}}`;
}

function goJsonString(binary: string, { escapeHtml }: { readonly escapeHtml: boolean }): string {
  const text = JSON.stringify(Buffer.from(binary, 'latin1').toString('utf8'));
  const escaped = escapeHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  return text.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function readValue(reader: Reader, depth: number): JsonTree {
  if (depth > maxDepth) throw new NotJson();
  const first = reader.text[reader.at];
  if (first === '{') return readObject(reader, depth);
  if (first === '[') return readArray(reader, depth);
  if (first === '"') {
    const raw = readString(reader);
    return { kind: 'string', raw, text: unescapeJson(raw.slice(1, -1)) };
  }
  return readScalar(reader);
}

function readObject(reader: Reader, depth: number): JsonTree {
  const start = reader.at;
  const members = new Map<string, JsonTree>();
  readList(reader, '}', () => {
    const key = unescapeJson(readString(reader).slice(1, -1));
    skipSpaces(reader);
    take(reader, ':');
    skipSpaces(reader);
    const value = readValue(reader, depth + 1);
    members.delete(key);
    members.set(key, value);
  });
  return { kind: 'object', raw: reader.text.slice(start, reader.at), members };
}

function readArray(reader: Reader, depth: number): JsonTree {
  const start = reader.at;
  const items: JsonTree[] = [];
  readList(reader, ']', () => {
    items.push(readValue(reader, depth + 1));
  });
  return { kind: 'array', raw: reader.text.slice(start, reader.at), items };
}

function readList(reader: Reader, close: string, readOne: () => void): void {
  reader.at += 1;
  skipSpaces(reader);
  if (reader.text[reader.at] === close) {
    reader.at += 1;
    return;
  }
  for (;;) {
    readOne();
    skipSpaces(reader);
    if (reader.text[reader.at] === close) break;
    take(reader, ',');
    skipSpaces(reader);
  }
  reader.at += 1;
}

const stringPattern = /"[ !#-[\]-\xff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\xff]*)*"/y;
const scalarPattern = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const spacePattern = /[ \t\r\n]*/y;

function readString(reader: Reader): string {
  return matchAt(reader, stringPattern);
}

function readScalar(reader: Reader): JsonTree {
  const raw = matchAt(reader, scalarPattern);
  return { kind: raw === 'true' || raw === 'false' || raw === 'null' ? raw : 'number', raw };
}

function skipSpaces(reader: Reader): void {
  matchAt(reader, spacePattern);
}

function take(reader: Reader, wanted: string): void {
  if (reader.text[reader.at] !== wanted) throw new NotJson();
  reader.at += 1;
}

function matchAt(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) throw new NotJson();
  reader.at = pattern.lastIndex;
  return found[0];
}
