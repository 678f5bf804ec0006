/**
 * JSON is scanned as text of one character a byte, so that each value's own text is kept to the byte. As gjson does, the scanner takes
 * what it can of a text that is cut off or otherwise wrong.
 */
export type Span = {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';
  readonly start: number;
  readonly end: number;
};

export type Member = { readonly key: string; readonly value: Span };

/** The bytes of a text, one character each. */
export function toBinaryText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The bytes that a text of one character a byte stands for. */
export function fromBinaryText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** The first object or array of a text. */
export function firstContainer(text: string): Span | undefined {
  const at = text.search(/[{[]/);
  return at === -1 ? undefined : spanAt(text, at);
}

/** The members of an object, in order. */
export function* membersOf(text: string, span: Span): Generator<Member> {
  let at = span.start + 1;
  while (at < span.end) {
    const quote = nextOf(text, { from: at, to: span.end, stop: '"', end: '}' });
    if (quote === undefined) return;
    const keyEnd = stringEnd(text, quote, span.end);
    if (keyEnd === undefined) return;
    const value = valueFrom(text, keyEnd, span.end);
    if (value === undefined) return;
    yield { key: text.slice(quote + 1, keyEnd - 1), value };
    at = value.end;
  }
}

/** The items of an array, in order. */
export function* itemsOf(text: string, span: Span): Generator<Span> {
  let at = span.start + 1;
  while (at < span.end) {
    const value = valueFrom(text, at, span.end);
    if (value === undefined) return;
    yield value;
    at = value.end;
  }
}

function nextOf(
  text: string,
  { from, to, stop, end }: { readonly from: number; readonly to: number; readonly stop: string; readonly end: string },
): number | undefined {
  for (let at = from; at < to; at += 1) {
    if (text[at] === stop) return at;
    if (text[at] === end) return undefined;
  }
  return undefined;
}

const valueStart = /[{["tfn+\-0-9iIN\]}]/g;

function valueFrom(text: string, from: number, to: number): Span | undefined {
  valueStart.lastIndex = from;
  const found = valueStart.exec(text);
  if (found === null || found.index >= to || found[0] === ']' || found[0] === '}') return undefined;
  return spanAt(text, found.index, to);
}

function spanAt(text: string, start: number, to: number = text.length): Span | undefined {
  const first = text[start];
  if (first === '{' || first === '[') {
    return { kind: first === '{' ? 'object' : 'array', start, end: containerEnd(text, start, to) };
  }
  if (first === '"') {
    const end = stringEnd(text, start, to);
    return end === undefined ? undefined : { kind: 'string', start, end };
  }
  return wordAt(text, start, to);
}

const wordEnd = /[^a-z]/g;
const numberEnd = /[\s,\]}]/g;

function wordAt(text: string, start: number, to: number): Span {
  const first = text[start];
  const isWord = first === 't' || first === 'f' || (first === 'n' && text[start + 1] === 'u');
  const end = Math.min(endAt(isWord ? wordEnd : numberEnd, text, start), to);
  if (!isWord) return { kind: 'number', start, end };
  return { kind: first === 't' ? 'true' : first === 'f' ? 'false' : 'null', start, end };
}

function endAt(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start + 1;
  return pattern.exec(text)?.index ?? text.length;
}

const stringStop = /["\\]/g;

/** The position after the closing quote. */
function stringEnd(text: string, start: number, to: number): number | undefined {
  for (let at = start + 1; at < to; ) {
    stringStop.lastIndex = at;
    const found = stringStop.exec(text);
    if (found === null || found.index >= to) return undefined;
    if (found[0] === '"') return found.index + 1;
    at = found.index + 2;
  }
  return undefined;
}

const structure = /["{}[\]]/g;

function containerEnd(text: string, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; ) {
    structure.lastIndex = at;
    const found = structure.exec(text);
    if (found === null || found.index >= to) return to;
    at = found.index + 1;
    if (found[0] === '"') at = stringEnd(text, found.index, to) ?? to;
    else if (found[0] === '{' || found[0] === '[') depth += 1;
    else depth -= 1;
    if (depth === 0) return at;
  }
  return to;
}
