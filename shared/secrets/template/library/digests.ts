import { createHash } from 'node:crypto';
import { type FunctionTable, fixed, type GoFunction } from '../evaluate/go-function.ts';
import { toBytes } from '../go/utf8.ts';

function digest(algorithm: string): GoFunction {
  return fixed(['string'], ([text]) => createHash(algorithm).update(toBytes(text)).digest('hex'));
}

/** Sprig's checksums. */
export const digestFunctions: FunctionTable = {
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
  sha512sum: digest('sha512'),
  adler32sum: fixed(['string'], ([text]) => adler32(toBytes(text)).toString()),
};

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
