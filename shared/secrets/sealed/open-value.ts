import { createDecipheriv, webcrypto } from 'node:crypto';
import type { SealingKey } from './sealing-key.ts';

const nonce = new Uint8Array(12);
const tagLength = 16;

/** The two parts of a sealed value. */
export type Ciphertext = { readonly sessionKey: Uint8Array; readonly body: Uint8Array };

/** Takes a sealed value apart: two bytes of length, the session key under RSA, the text under AES-256-GCM. */
export function splitCiphertext(bytes: Uint8Array): Ciphertext | undefined {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (bytes.length < 2 + length + tagLength || length === 0) return undefined;
  return { sessionKey: bytes.subarray(2, 2 + length), body: bytes.subarray(2 + length) };
}

/** Opens a value with one key; undefined: it is not the right one, or sealed for another label. */
export async function openWith(
  key: SealingKey,
  { sessionKey, body }: Ciphertext,
  label: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (!canBeUnder(key, sessionKey)) return undefined;
  try {
    const algorithm = { name: 'RSA-OAEP', label: new Uint8Array(label) };
    const plain = await webcrypto.subtle.decrypt(algorithm, key.privateKey, new Uint8Array(sessionKey));
    return openBody(new Uint8Array(plain), body);
  } catch {
    return undefined;
  }
}

/** A ciphertext is a number below the modulus of its key. */
function canBeUnder({ modulus }: SealingKey, sessionKey: Uint8Array): boolean {
  return sessionKey.length === modulus.length && Buffer.compare(sessionKey, modulus) < 0;
}

function openBody(sessionKey: Uint8Array, body: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, nonce);
  decipher.setAuthTag(body.subarray(body.length - tagLength));
  return Buffer.concat([decipher.update(body.subarray(0, body.length - tagLength)), decipher.final()]);
}
