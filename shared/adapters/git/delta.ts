import { Buffer } from 'node:buffer';

/** Makes an object from its base and a Git delta: pieces copied from the base, and new ones. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const { value: baseSize, next: afterBase } = readSize(delta, 0);
  const { value: size, next } = readSize(delta, afterBase);
  if (baseSize !== base.length) throw new Error('A delta does not fit its base.');
  const result = Buffer.alloc(size);
  let written = 0;
  for (let at = next; at < delta.length; ) {
    const command = delta[at] ?? 0;
    const piece = command & 128 ? copied(base, delta, at) : inserted(delta, at);
    written += piece.bytes.copy(result, written);
    at = piece.next;
  }
  if (written !== size) throw new Error('A delta ends early.');
  return result;
}

type Piece = { readonly bytes: Buffer; readonly next: number };

function inserted(delta: Buffer, at: number): Piece {
  const next = at + 1 + (delta[at] ?? 0);
  if (next === at + 1) throw new Error('A delta holds an unknown command.');
  return { bytes: delta.subarray(at + 1, next), next };
}

/** Bits 0–3 of the command say which bytes of the offset follow, bits 4–6 which of the size; none of size means 64 KiB. */
function copied(base: Buffer, delta: Buffer, at: number): Piece {
  const command = delta[at] ?? 0;
  let next = at + 1;
  const fields = [0, 1, 2, 3, 4, 5, 6].map((bit) => (command & (1 << bit) ? (delta[next++] ?? 0) : 0));
  const toNumber = (bytes: readonly number[]): number =>
    bytes.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
  const offset = toNumber(fields.slice(0, 4));
  const size = toNumber(fields.slice(4)) || 0x10000;
  return { bytes: base.subarray(offset, offset + size), next };
}

function readSize(delta: Buffer, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = start;
  for (let shift = 0, byte = 128; byte & 128; shift += 7, next += 1) {
    byte = delta[next] ?? 0;
    value += (byte & 127) * 2 ** shift;
  }
  return { value, next };
}
