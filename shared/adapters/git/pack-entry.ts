import type { Buffer } from 'node:buffer';
import { type GitObject, objectTypes } from './git-object.ts';

/** One entry of a pack: a whole object, or what changes on another that lies before it in the pack, or has a name. */
export type PackEntry =
  | { readonly kind: 'whole'; readonly dataAt: number; readonly type: GitObject['type'] }
  | { readonly kind: 'near'; readonly dataAt: number; readonly distance: number }
  | { readonly kind: 'named'; readonly dataAt: number; readonly base: string };

const near = 6;
const named = 7;

/** Reads the head of the entry that starts at an offset; its deflated data starts at `dataAt`. */
export function parsePackEntry(bytes: Buffer, offset: number): PackEntry {
  const code = ((bytes[offset] ?? 0) >> 4) & 7;
  let at = offset + 1;
  while ((bytes[at - 1] ?? 0) & 128) at += 1;
  if (code === near) return parseNear(bytes, at);
  if (code === named) return { kind: 'named', dataAt: at + 20, base: bytes.toString('hex', at, at + 20) };
  const type = objectTypes[code - 1];
  if (type === undefined) throw new Error(`The entry at ${offset} is of unknown kind ${code}.`);
  return { kind: 'whole', dataAt: at, type };
}

function parseNear(bytes: Buffer, start: number): PackEntry {
  let byte = bytes[start] ?? 0;
  let distance = byte & 127;
  let at = start + 1;
  while (byte & 128) {
    byte = bytes[at] ?? 0;
    distance = (distance + 1) * 128 + (byte & 127);
    at += 1;
  }
  return { kind: 'near', dataAt: at, distance };
}
