import { createHash } from 'node:crypto';

/** What a key is derived for: to encrypt with, as the first block of it, or to authenticate with. */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

export type Derivation = {
  readonly purpose: keyof typeof purposes;
  /** As `toPasswordBytes` makes it. */
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly hash: string;
  /** How long the key is. */
  readonly bytes: number;
};

/** A password as archives take it: UTF-16 with a zero behind it. */
export function toPasswordBytes(password: string): Buffer {
  return toBmp(`${password}\0`);
}

/** UTF-16, the high byte first. */
export function toBmp(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** Derives a key as RFC 7292, appendix B, wants it. */
export function deriveKey({ purpose, password, salt, iterations, hash, bytes }: Derivation): Buffer {
  const block = /^sha(384|512)$/.test(hash) ? 128 : 64;
  const fill = (part: Buffer): Buffer => Buffer.alloc(Math.ceil(part.length / block) * block, part);
  const diversifier = Buffer.alloc(block, purposes[purpose]);
  let input: Buffer = Buffer.concat([fill(salt), fill(password)]);
  let key: Buffer = Buffer.alloc(0);
  while (key.length < bytes) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round += 1) digest = createHash(hash).update(digest).digest();
    key = Buffer.concat([key, digest]);
    input = addToBlocks(input, Buffer.alloc(block, digest));
  }
  return key.subarray(0, bytes);
}

/** Adds a number, and 1, to each of the blocks; what does not fit is left out. */
function addToBlocks(input: Buffer, addend: Buffer): Buffer {
  const sum = Buffer.from(input);
  for (let start = 0; start < sum.length; start += addend.length) {
    let carry = 1;
    for (let index = addend.length - 1; index >= 0; index -= 1) {
      carry += (sum[start + index] ?? 0) + (addend[index] ?? 0);
      sum[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum;
}
