import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { der, derOid, derTime, tags } from './der.ts';

const years = 10;
const commonName = derOid('550403');
const basicConstraints = derOid('551d13');
const sha256WithRsa = der(tags.list, derOid('2a864886f70d01010b'), der(tags.null));

type RandomBytes = (length: number) => Uint8Array;

/** A new sealing key as PEM: an RSA key, of 4096 bits unless told otherwise, and its own certificate, valid for ten years. */
export async function createSealingKey(now: Date, randomBytes: RandomBytes, bits = 4096): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  const certificate = certificateOf(privateKey, now, randomBytes(16));
  return `${pem('CERTIFICATE', certificate)}${privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()}`;
}

function certificateOf(key: KeyObject, now: Date, serial: Uint8Array): Uint8Array {
  const name = der(tags.list, der(tags.set, der(tags.list, commonName, der(tags.text, Buffer.from('plumbline')))));
  const isAuthority = der(tags.list, der(tags.boolean, Buffer.from([255])));
  const extension = der(
    tags.list,
    basicConstraints,
    der(tags.boolean, Buffer.from([255])),
    der(tags.octets, isAuthority),
  );
  const content = der(
    tags.list,
    der(0xa0, der(tags.integer, Buffer.from([2]))),
    // The first byte keeps the number positive, and not zero.
    der(tags.integer, Buffer.from([0x4a, ...serial])),
    sha256WithRsa,
    name,
    der(tags.list, derTime(now), derTime(yearsAfter(now))),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tags.list, extension)),
  );
  const signature = sign('sha256', content, key);
  return der(tags.list, content, sha256WithRsa, der(tags.bits, Buffer.from([0]), signature));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function yearsAfter(now: Date): Date {
  const then = new Date(now);
  then.setUTCFullYear(then.getUTCFullYear() + years);
  return then;
}
