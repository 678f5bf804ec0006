import type { MadeOnce } from '../../model/secret-generator.ts';
import { makePassword } from './password.ts';
import type { RandomBytes } from './random-pick.ts';
import { makeSshKey } from './ssh-key.ts';

/** The names of the values that a generator makes. */
export function generatedKeys(spec: MadeOnce): readonly string[] {
  if (spec.type === 'password') return spec.secretKeys;
  return spec.type === 'uuid' ? ['uuid'] : ['privateKey', 'publicKey'];
}

/** Makes the values anew. */
export function makeOnce(spec: MadeOnce, randomBytes: RandomBytes): ReadonlyMap<string, Uint8Array> {
  if (spec.type === 'password')
    return new Map(spec.secretKeys.map((key) => [key, makePassword(spec, randomBytes)] as const));
  if (spec.type === 'uuid') return new Map([['uuid', makeUuid(randomBytes)]]);
  const { privateKey, publicKey } = makeSshKey(spec, randomBytes);
  return new Map([
    ['privateKey', privateKey],
    ['publicKey', publicKey],
  ]);
}

/** A random UUID (version 4). */
function makeUuid(randomBytes: RandomBytes): Uint8Array {
  const hex = Buffer.from(randomBytes(16)).toString('hex');
  const variant = (Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8;
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(17, 20)}-${hex.slice(20)}`;
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
