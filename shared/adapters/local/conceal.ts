import { createHmac, randomBytes } from 'node:crypto';
import { type Conceal, SecretValue } from '../../model/secret-value.ts';

/** Marks values by HMAC-SHA-256 under a key: who has no key cannot tell from a mark whether a guess is right. */
export function concealWith(key: Uint8Array): Conceal {
  return (bytes) => new SecretValue(bytes, createHmac('sha256', key).update(bytes).digest('base64url'));
}

/** Marks that hold for this process only. */
export function concealForNow(): Conceal {
  return concealWith(randomBytes(32));
}
