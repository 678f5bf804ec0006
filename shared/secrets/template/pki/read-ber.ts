import { TemplateFailure } from '../go/failure.ts';
import { element, octets } from './der.ts';
import { type DerElement, readElement, readElements } from './read-der.ts';

const constructed = 0x20;
const constructedOctets = 0x24;
const unknownLength = 0x80;

/** BER, as some programs write archives, made DER: lengths are known beforehand, and octets are in one piece. */
export function toDer(bytes: Buffer): Buffer {
  return readOne(bytes, 0).der;
}

/** The elements of the first element. */
export function elementsIn(bytes: Buffer): readonly DerElement[] {
  return readElements(readElement(bytes).body);
}

type Read = { readonly der: Buffer; readonly end: number };

function readOne(bytes: Buffer, at: number): Read {
  const tag = bytes[at] ?? 0;
  if (bytes[at + 1] !== unknownLength) {
    const { whole, body } = readElement(bytes.subarray(at));
    const end = at + whole.length;
    if ((tag & constructed) === 0) return { der: whole, end };
    return { der: compose(tag, readUntil(body, 0, (next) => next >= body.length).parts), end };
  }
  if ((tag & constructed) === 0) throw new TemplateFailure('it is given bytes that are no BER');
  const isEnd = (next: number): boolean => bytes[next] === 0 && bytes[next + 1] === 0;
  const { parts, end } = readUntil(bytes, at + 2, isEnd);
  return { der: compose(tag, parts), end: end + 2 };
}

function readUntil(
  bytes: Buffer,
  start: number,
  isEnd: (next: number) => boolean,
): { readonly parts: readonly Buffer[]; readonly end: number } {
  const parts: Buffer[] = [];
  let next = start;
  while (!isEnd(next)) {
    const { der, end } = readOne(bytes, next);
    parts.push(der);
    next = end;
  }
  return { parts, end: next };
}

function compose(tag: number, parts: readonly Buffer[]): Buffer {
  if (tag === constructedOctets) return octets(...parts.map((part) => readElement(part).body));
  return element(tag, ...parts);
}
