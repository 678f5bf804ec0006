import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Json } from './json.ts';
import { resolvePlain, resolveTagged, type Scalar } from './yaml-scalar.ts';

/** One document of a YAML text; `line` counts from 1. An empty document has the value null. */
export type YamlDocument = { readonly value: Json; readonly line: number };

/** Why a YAML text cannot be used, and on which line of it. */
export class YamlError extends Error {
  readonly line: number;

  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.line = line;
  }
}

/** Characters and values that all aliases of a text may stand for together. */
const maxAliasWeight = 10_000_000;

/** JSON schema keywords that Kubernetes itself keeps as floating point numbers, so that rounding changes nothing. */
const floatingKeywords: ReadonlySet<string> = new Set(['maximum', 'minimum', 'multipleOf']);

type Anchor = { readonly value: Json; readonly weight: number };
type Container = Record<string, Json>;
type Reader = {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, Anchor | 'open'>;
  at: number;
  weight: number;
  aliasWeight: number;
};

/** The documents behind a parser's events, as Go's sigs.k8s.io/yaml understands them, but for duplicate keys, which are refused. */
export function constructDocuments(text: string, events: readonly Event[]): readonly YamlDocument[] {
  const reader: Reader = { text, events, anchors: new Map(), at: 0, weight: 0, aliasWeight: 0 };
  const documents: YamlDocument[] = [];
  let line = 1;
  let start = 0;
  while (reader.at < events.length) {
    reader.at += 1;
    reader.anchors.clear();
    const next = Math.max(start, positionOf(events[reader.at]));
    line += countLineEnds(text, start, next);
    start = next;
    documents.push({ value: isAtEnd(reader) ? null : readNode(reader, ''), line });
    reader.at += 1;
  }
  return documents;
}

function readNode(reader: Reader, key: string): Json {
  const event = reader.events[reader.at] as Event;
  if (event.type === EVENT_ID.ALIAS) return readAlias(reader, event.anchorStart, event.anchorEnd);
  const anchor =
    'anchorStart' in event && event.anchorStart >= 0 ? reader.text.slice(event.anchorStart, event.anchorEnd) : '';
  if (anchor !== '') reader.anchors.set(anchor, 'open');
  const before = reader.weight;
  const value = readContent(reader, event, key);
  if (anchor !== '') reader.anchors.set(anchor, { value, weight: reader.weight - before });
  return value;
}

function readContent(reader: Reader, event: Event, key: string): Json {
  reader.weight += 1;
  reader.at += 1;
  if (event.type === EVENT_ID.SEQUENCE) return readSequence(reader);
  if (event.type === EVENT_ID.MAPPING) return readMapping(reader);
  const scalar = readScalar(reader, event as ScalarEvent);
  if (typeof scalar === 'string') reader.weight += scalar.length;
  return toJson(reader, event, { key, scalar });
}

function readAlias(reader: Reader, start: number, end: number): Json {
  const name = reader.text.slice(start, end);
  const anchor = reader.anchors.get(name);
  if (anchor === undefined) throw failAt(reader, start, `alias *${name} has no anchor &${name} before it`);
  if (anchor === 'open') throw failAt(reader, start, `anchor &${name} contains itself`);
  reader.at += 1;
  reader.weight += anchor.weight;
  reader.aliasWeight += anchor.weight;
  if (reader.aliasWeight > maxAliasWeight)
    throw failAt(reader, start, 'its aliases stand for more than 10 MB of values');
  return anchor.value;
}

function readSequence(reader: Reader): Json {
  const items: Json[] = [];
  while (!isAtEnd(reader)) items.push(readNode(reader, ''));
  reader.at += 1;
  return items;
}

function readMapping(reader: Reader): Json {
  const mapping: Container = {};
  const written = new Set<string>();
  while (!isAtEnd(reader)) readPair(reader, mapping, written);
  reader.at += 1;
  return mapping;
}

function readPair(reader: Reader, mapping: Container, written: Set<string>): void {
  const event = reader.events[reader.at] as Event;
  const start = positionOf(event);
  if (isMergeKey(reader, event)) {
    reader.at += 1;
    mergeInto(reader, mapping, start);
    return;
  }
  const key = readKey(reader, event);
  if (written.has(key)) throw failAt(reader, start, `key "${key}" is written twice in one mapping`);
  written.add(key);
  setMember(mapping, key, readNode(reader, key));
}

function readKey(reader: Reader, event: Event): string {
  if (event.type !== EVENT_ID.SCALAR || event.anchorStart >= 0) {
    const value = readNode(reader, '');
    if (typeof value === 'object')
      throw failAt(reader, positionOf(event), 'a key must be text, not a list, a mapping or null');
    return String(value);
  }
  reader.at += 1;
  const scalar = readScalar(reader, event);
  if (scalar === null) throw failAt(reader, event.valueStart, 'a key must be text, not null');
  reader.weight += 1;
  return String(scalar);
}

function isMergeKey(reader: Reader, event: Event): boolean {
  return (
    event.type === EVENT_ID.SCALAR &&
    event.style === SCALAR_STYLE.PLAIN &&
    event.tagStart < 0 &&
    getScalarValue(reader.text, event) === '<<'
  );
}

/** As in Go: what is merged replaces what is written above it, and is replaced by what is written below it. */
function mergeInto(reader: Reader, mapping: Container, start: number): void {
  const value = readNode(reader, '');
  const sources = Array.isArray(value) ? value.toReversed() : [value];
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      throw failAt(reader, start, '<< wants a mapping or a list of mappings');
    }
    for (const [key, member] of Object.entries(source)) setMember(mapping, key, member as Json);
  }
}

function readScalar(reader: Reader, event: ScalarEvent): Scalar {
  const text = getScalarValue(reader.text, event);
  if (event.tagStart >= 0) {
    const tag = reader.text.slice(event.tagStart, event.tagEnd);
    const value = resolveTagged(tag, text);
    if (value === undefined) throw failAt(reader, event.tagStart, `a value does not fit its tag ${tag}`);
    return value;
  }
  if (event.style === SCALAR_STYLE.PLAIN) return resolvePlain(text);
  return isUnendedBlock(reader, event, text) ? text.slice(0, -1) : text;
}

/** Go adds no line end to a block that the end of the text cuts off. */
function isUnendedBlock(reader: Reader, event: ScalarEvent, text: string): boolean {
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  const isCut = event.valueEnd >= reader.text.length && !/[\r\n]$/.test(reader.text);
  return isBlock && isCut && text.endsWith('\n');
}

function toJson(reader: Reader, event: Event, { key, scalar }: { key: string; scalar: Scalar }): Json {
  if (typeof scalar === 'bigint') {
    if (floatingKeywords.has(key)) return Number(scalar);
    throw failAt(reader, positionOf(event), `the integer is too large to be kept exactly; put it in quotes`);
  }
  if (typeof scalar === 'number' && !Number.isFinite(scalar)) {
    throw failAt(reader, positionOf(event), 'JSON has neither infinity nor NaN; put it in quotes');
  }
  return scalar;
}

/** Also for a key such as __proto__, which must not reach the prototype. */
function setMember(mapping: Container, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  mapping[key] = value;
}

function isAtEnd(reader: Reader): boolean {
  return reader.events[reader.at]?.type === EVENT_ID.POP;
}

function positionOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if ('valueStart' in event && event.valueStart >= 0) return event.valueStart;
  if ('start' in event) return event.start;
  return 'anchorStart' in event ? Math.max(event.anchorStart, 0) : 0;
}

function failAt(reader: Reader, position: number, reason: string): YamlError {
  return new YamlError(lineAt(reader.text, position), reason);
}

function lineAt(text: string, position: number): number {
  return 1 + countLineEnds(text, 0, position);
}

function countLineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
