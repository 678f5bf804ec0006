import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { crc32, inflateSync } from 'node:zlib';
import { ByteCache } from './byte-cache.ts';
import { applyDelta } from './delta.ts';
import { type GitObject, oidOf } from './git-object.ts';
import { type PackEntry, parsePackEntry } from './pack-entry.ts';

/** Finds an object outside the pack; throws when there is none. */
export type FindObject = (oid: string) => GitObject;

type Row = { readonly oid: string; readonly offset: number; readonly crc: number };
type Waiting = { readonly offset: number; readonly end: number };

const headerSize = 12;
const checksumSize = 20;
const objectCacheBytes = 64e6;

/** The version 2 index of a pack. Objects that the pack only changes are taken from `find`. Throws where the pack is not sound. */
export function indexPack(pack: Buffer, find: FindObject): Buffer {
  return toIndex(new PackScan(pack, find).rows(), pack.subarray(-checksumSize));
}

class PackScan {
  readonly #pack: Buffer;
  readonly #find: FindObject;
  readonly #objects: ByteCache<GitObject> = new ByteCache(objectCacheBytes);
  readonly #offsets: Map<string, number> = new Map();

  constructor(pack: Buffer, find: FindObject) {
    this.#pack = pack;
    this.#find = find;
  }

  rows(): readonly Row[] {
    const count = this.#pack.readUInt32BE(8);
    const rows: Row[] = [];
    const waiting: Waiting[] = [];
    let offset = headerSize;
    for (let left = count; left > 0; left -= 1) {
      const entry = parsePackEntry(this.#pack, offset);
      const { content, size } = this.#inflate(entry.dataAt);
      const end = entry.dataAt + size;
      if (entry.kind === 'named') waiting.push({ offset, end });
      else rows.push(this.#toRow({ offset, end }, this.#built(entry, offset, content)));
      offset = end;
    }
    if (offset !== this.#pack.length - checksumSize) throw new Error('the pack has another size than its entries');
    return [...rows, ...this.#resolve(waiting)];
  }

  /** Bases may themselves be made from bases that come later, so what can be made is made until nothing is left. */
  #resolve(waiting: readonly Waiting[]): readonly Row[] {
    const rows: Row[] = [];
    let left = waiting;
    while (left.length > 0) {
      const ready = left.filter(({ offset }) => this.#hasBase(offset));
      const next = ready.length > 0 ? ready : left;
      rows.push(...next.map((entry) => this.#toRow(entry, this.#objectAt(entry.offset))));
      left = left.filter((entry) => !next.includes(entry));
    }
    return rows;
  }

  #hasBase(offset: number): boolean {
    const entry = parsePackEntry(this.#pack, offset);
    return entry.kind !== 'named' || this.#offsets.has(entry.base);
  }

  #toRow({ offset, end }: Waiting, object: GitObject): Row {
    const oid = oidOf(object);
    this.#offsets.set(oid, offset);
    return { oid, offset, crc: crc32(this.#pack.subarray(offset, end)) };
  }

  #objectAt(offset: number): GitObject {
    const kept = this.#objects.get(String(offset));
    if (kept !== undefined) return kept;
    const entry = parsePackEntry(this.#pack, offset);
    return this.#built(entry, offset, this.#inflate(entry.dataAt).content);
  }

  #built(entry: PackEntry, offset: number, content: Buffer): GitObject {
    const object = entry.kind === 'whole' ? { type: entry.type, content } : this.#patched(entry, offset, content);
    this.#objects.set(String(offset), object, object.content.length);
    return object;
  }

  #patched(entry: Exclude<PackEntry, { kind: 'whole' }>, offset: number, delta: Buffer): GitObject {
    const base = entry.kind === 'near' ? this.#objectAt(offset - entry.distance) : this.#named(entry.base);
    return { type: base.type, content: applyDelta(base.content, delta) };
  }

  #named(oid: string): GitObject {
    const offset = this.#offsets.get(oid);
    return offset === undefined ? this.#find(oid) : this.#objectAt(offset);
  }

  /** The pack does not say where an entry's data ends; inflating does. */
  #inflate(at: number): { readonly content: Buffer; readonly size: number } {
    const { buffer, engine } = inflateSync(this.#pack.subarray(at), { info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { content: buffer, size: engine.bytesWritten };
  }
}

function toIndex(unsorted: readonly Row[], packChecksum: Buffer): Buffer {
  const rows = unsorted.toSorted((a, b) => (a.oid < b.oid ? -1 : 1));
  const below = Array.from({ length: 256 }, () => 0);
  for (const { oid } of rows) {
    const first = Number.parseInt(oid.slice(0, 2), 16);
    below[first] = (below[first] ?? 0) + 1;
  }
  let sum = 0;
  const body = Buffer.concat([
    Buffer.from('ff744f6300000002', 'hex'),
    toWords(below.map((count) => (sum += count))),
    Buffer.from(rows.map(({ oid }) => oid).join(''), 'hex'),
    toWords(rows.map(({ crc }) => crc)),
    toWords(rows.map(({ offset }) => offset)),
    packChecksum,
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function toWords(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => {
    bytes.writeUInt32BE(number, index * 4);
  });
  return bytes;
}
