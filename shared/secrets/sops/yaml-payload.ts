import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { isJsonObject, type Json } from '../../model/json.ts';
import { parseYamlDocuments } from '../../model/yaml.ts';
import { resolvePlain } from '../../model/yaml-scalar.ts';
import type { OpenedLeaf } from './decrypt-leaves.ts';
import { type Edit, type PlacedLeaf, type ReadPayload, replaceParts, textOf } from './payload.ts';
import type { PlainValue } from './sops-value.ts';

type Reader = {
  readonly text: string;
  readonly events: readonly Event[];
  readonly leaves: PlacedLeaf[];
  readonly cuts: Edit[];
  at: number;
};

/** Reads an encrypted YAML file, of several documents too; undefined: it is none, or has aliases, which sops never writes. */
export function readYamlPayload(text: string): ReadPayload | undefined {
  try {
    const block = blockOf(text);
    const reader: Reader = { text, events: parseEvents(text, {}), leaves: [], cuts: [], at: 0 };
    while (reader.at < reader.events.length) readDocument(reader);
    return { leaves: reader.leaves, block, write: (opened) => write(reader, opened) };
  } catch {
    // What the parser says may quote the text.
    return undefined;
  }
}

function blockOf(text: string): Json {
  const [first] = parseYamlDocuments(text, 'payload').map(({ value }) => value);
  return (isJsonObject(first) ? first['sops'] : null) ?? null;
}

function readDocument(reader: Reader): void {
  reader.at += 1;
  if (reader.events[reader.at]?.type !== EVENT_ID.POP) readNode(reader, []);
  reader.at += 1;
}

function readNode(reader: Reader, path: readonly string[]): void {
  const event = reader.events[reader.at];
  reader.at += 1;
  if (event?.type === EVENT_ID.SCALAR) reader.leaves.push(toLeaf(reader, event, path));
  else if (event?.type === EVENT_ID.SEQUENCE) {
    while (!isAtEnd(reader)) readNode(reader, path);
    reader.at += 1;
  } else if (event?.type === EVENT_ID.MAPPING) readMembers(reader, path);
  else throw new Error('an alias');
}

function readMembers(reader: Reader, path: readonly string[]): void {
  while (!isAtEnd(reader)) {
    const event = reader.events[reader.at];
    if (event?.type !== EVENT_ID.SCALAR) throw new Error('a key that is no text');
    const key = getScalarValue(reader.text, event);
    reader.at += 1;
    const before = reader.leaves.length;
    readNode(reader, [...path, key]);
    if (path.length > 0 || key !== 'sops') continue;
    reader.leaves.length = before;
    reader.cuts.push({ start: event.valueStart, end: startOfNext(reader), text: '' });
  }
  reader.at += 1;
}

/** The block goes up to the next key of the document, its end mark, or the end of the text. */
function startOfNext({ text, events, at }: Reader): number {
  const next = events[at];
  if (next?.type === EVENT_ID.SCALAR) return next.valueStart - (isQuoted(next) ? 1 : 0);
  const from = events[at - 1] === undefined ? 0 : lastPosition(events, at);
  const mark = text.slice(from).search(/^(?:---|\.\.\.)/m);
  return mark === -1 ? text.length : from + mark;
}

function lastPosition(events: readonly Event[], before: number): number {
  for (let at = before - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event?.type === EVENT_ID.SCALAR) return event.valueEnd;
  }
  return 0;
}

function isAtEnd({ events, at }: Reader): boolean {
  const type = events[at]?.type;
  return type === undefined || type === EVENT_ID.POP;
}

function isQuoted({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}

function toLeaf({ text }: Reader, event: ScalarEvent, path: readonly string[]): PlacedLeaf {
  const quotes = isQuoted(event) ? 1 : 0;
  const place = { path, start: event.valueStart - quotes, end: event.valueEnd + quotes };
  const value = getScalarValue(text, event);
  return { ...place, value: event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 ? readPlain(value) : value };
}

const oldWords = /^(?:y|yes|n|no|on|off)$/i;
const date = /^\d{4}-\d\d-\d\d$/;

/** As Go's yaml.v3: `yes` is a text, and a date a point in time. */
function readPlain(text: string): PlacedLeaf['value'] {
  if (oldWords.test(text)) return text;
  if (date.test(text)) return `${text}T00:00:00Z`;
  const value = resolvePlain(text);
  return typeof value === 'bigint' ? value.toString() : value;
}

function write({ text, cuts }: Reader, opened: readonly OpenedLeaf<PlacedLeaf>[]): Uint8Array {
  const edits = opened.flatMap(({ plain, start, end }): readonly Edit[] => {
    if (plain === undefined) return [];
    return plain.type === 'comment' ? [commentEdit(text, start, end)] : [{ start, end, text: yamlOf(plain) }];
  });
  const comments = [...text.matchAll(/#ENC\[AES256_GCM,[^\]\n]*\]/g)].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    text: '#',
  }));
  const outside = comments.filter(({ start }) => !cuts.some((cut) => start >= cut.start && start < cut.end));
  return Buffer.from(replaceParts(text, [...cuts, ...edits, ...outside]));
}

/** A comment in a list was encrypted as an item of it; the item goes. */
function commentEdit(text: string, start: number, end: number): Edit {
  const dash = text.lastIndexOf('-', start);
  return { start: dash === -1 ? start : dash, end, text: '#' };
}

function yamlOf({ type, bytes }: PlainValue): string {
  const text = textOf(bytes);
  if (text === undefined) return `!!binary ${Buffer.from(bytes).toString('base64')}`;
  if (type === 'bool') return text.toLowerCase();
  if (type === 'int' || type === 'float' || type === 'time') return text;
  const isPlain = /^[A-Za-z_/][\w./@+-]*$/.test(text) && resolvePlain(text) === text;
  return isPlain ? text : JSON.stringify(text);
}
