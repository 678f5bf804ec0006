import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Ways in which an object of a store can be not what was written, from its bytes and those of another object. */
const damages: { readonly [damage: string]: (plain: Buffer, other: Buffer) => Buffer } = {
  'one byte is another': (plain) => {
    const changed = Buffer.from(plain);
    changed[plain.length - 10] = (plain[plain.length - 10] ?? 0) ^ 1;
    return changed;
  },
  'it is cut short': (plain) => plain.subarray(0, plain.length - 20),
  'it is empty': () => Buffer.alloc(0),
  'a newer version wrote it': (plain) => Buffer.from(plain.toString().replace('"format":1', '"format":2')),
  'another object is in its place': (_plain, other) => other,
};

export type Damaged = {
  readonly damage: string;
  /** The file's bytes now. */
  readonly bytes: Buffer;
  /** Puts back what was written, as from a backup. */
  restore(): Promise<void>;
};

/** Damages a file of a store in each way, one after the other: the next way begins when the one before was restored. */
export async function* damageFile(file: string, otherFile: string): AsyncGenerator<Damaged> {
  const written = await readFile(file);
  const isPacked = file.endsWith('.gz');
  const unpack = (bytes: Buffer): Buffer => (isPacked ? gunzipSync(bytes) : bytes);
  for (const [damage, change] of Object.entries(damages)) {
    const changed = change(unpack(written), unpack(await readFile(otherFile)));
    const bytes = isPacked && changed.length > 0 ? gzipSync(changed) : changed;
    await writeFile(file, bytes);
    yield { damage, bytes, restore: () => writeFile(file, written) };
  }
}
