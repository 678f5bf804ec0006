import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

type HashInput = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256 in the form that AWS's signer takes; with a secret, its HMAC. */
export class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: HashInput) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(input: HashInput): void {
    this.#hash.update(toBytes(input));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBytes(input: HashInput): Uint8Array {
  if (typeof input === 'string') return Buffer.from(input);
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}
