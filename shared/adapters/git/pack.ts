import { Buffer } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { applyDelta } from './delta.ts';
import type { GitObject } from './git-object.ts';
import type { FindObject } from './index-pack.ts';
import { parsePackEntry } from './pack-entry.ts';

export const packName = 'objects.pack';
export const indexName = 'objects.idx';

const hashesAt = 8 + 256 * 4;
const trailerSize = 20;

/** A pack file with its version 2 index. The index is in memory; objects are read from disk one by one. */
export class Pack {
  readonly #file: string;
  readonly #index: Buffer;
  readonly #count: number;
  readonly #offsets: Uint32Array;

  /** Reads the index of the pack in a folder. */
  constructor(folder: string) {
    this.#file = join(folder, packName);
    this.#index = readFileSync(join(folder, indexName));
    this.#count = this.#index.readUInt32BE(hashesAt - 4);
    const start = hashesAt + this.#count * 24;
    this.#offsets = new Uint32Array(this.#count + 1);
    for (let row = 0; row < this.#count; row += 1) this.#offsets[row] = this.#index.readUInt32BE(start + row * 4);
    this.#offsets[this.#count] = statSync(this.#file).size - trailerSize;
    this.#offsets.sort();
  }

  has(oid: string): boolean {
    return this.#rowOf(oid) !== undefined;
  }

  /** The names that start with these hex digits. */
  startingWith(digits: string): readonly string[] {
    const found: string[] = [];
    for (let row = this.#firstRowFrom(digits.padEnd(40, '0')); row < this.#count; row += 1) {
      const oid = this.#oidAt(row);
      if (!oid.startsWith(digits)) break;
      found.push(oid);
    }
    return found;
  }

  /** The object, or undefined where the pack does not hold it. */
  read(oid: string, find: FindObject): GitObject | undefined {
    const row = this.#rowOf(oid);
    if (row === undefined) return undefined;
    return this.#readAt(this.#index.readUInt32BE(hashesAt + this.#count * 24 + row * 4), find);
  }

  #readAt(offset: number, find: FindObject): GitObject {
    const bytes = this.#readBytes(offset, this.#endOf(offset));
    const entry = parsePackEntry(bytes, 0);
    const content = inflateSync(bytes.subarray(entry.dataAt));
    if (entry.kind === 'whole') return { type: entry.type, content };
    const base = entry.kind === 'near' ? this.#readAt(offset - entry.distance, find) : this.#named(entry.base, find);
    return { type: base.type, content: applyDelta(base.content, content) };
  }

  #named(oid: string, find: FindObject): GitObject {
    return this.read(oid, find) ?? find(oid);
  }

  #readBytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    const file = openSync(this.#file, 'r');
    try {
      readSync(file, bytes, 0, bytes.length, from);
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  #endOf(offset: number): number {
    const row = firstFrom(this.#offsets.length, (at) => (this.#offsets[at] ?? 0) > offset);
    return this.#offsets[row] ?? offset;
  }

  #rowOf(oid: string): number | undefined {
    const row = this.#firstRowFrom(oid);
    return row < this.#count && this.#oidAt(row) === oid ? row : undefined;
  }

  #firstRowFrom(oid: string): number {
    const wanted = Buffer.from(oid, 'hex');
    return firstFrom(this.#count, (row) => {
      const start = hashesAt + row * 20;
      return this.#index.compare(wanted, 0, 20, start, start + 20) >= 0;
    });
  }

  #oidAt(row: number): string {
    return this.#index.toString('hex', hashesAt + row * 20, hashesAt + row * 20 + 20);
  }
}

/** The object in the first pack that holds it. An object that is in none is an Error. */
export function findIn(packs: readonly Pack[], oid: string): GitObject {
  for (const pack of packs) {
    const object = pack.read(oid, (base) => findIn(packs, base));
    if (object !== undefined) return object;
  }
  throw new Error(`object ${oid} is missing`);
}

/** The first number below `count` for which `holds`, which stays true once it is; or `count`. */
function firstFrom(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
