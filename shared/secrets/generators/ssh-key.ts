import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { MadeOnce } from '../../model/secret-generator.ts';
import type { RandomBytes } from './random-pick.ts';

export type SshKeySpec = Extract<MadeOnce, { readonly type: 'ssh-key' }>;

/** A key in the parts that OpenSSH's formats are made of. */
type SshKey = {
  readonly type: string;
  readonly publicParts: readonly Buffer[];
  readonly privateParts: readonly Buffer[];
};

/** A key pair as OpenSSH has it: the private key as PEM without passphrase, the public key as a line of authorized_keys. */
export function makeSshKey(
  spec: SshKeySpec,
  randomBytes: RandomBytes,
): { readonly privateKey: Uint8Array; readonly publicKey: Uint8Array } {
  const key = makers[spec.keyType](spec.keySize);
  const blob = Buffer.concat([text(key.type), ...key.publicParts]);
  const comment = spec.comment === '' ? '' : ` ${spec.comment}`;
  return {
    privateKey: toBytes(privatePem(key, { blob, comment: spec.comment, check: Buffer.from(randomBytes(4)) })),
    publicKey: toBytes(`${key.type} ${blob.toString('base64')}${comment}\n`),
  };
}

type CurveName = 'nistp256' | 'nistp384' | 'nistp521';

const curves: { readonly [size: number]: { readonly name: CurveName; readonly namedCurve: string } } = {
  256: { name: 'nistp256', namedCurve: 'P-256' },
  384: { name: 'nistp384', namedCurve: 'P-384' },
  521: { name: 'nistp521', namedCurve: 'P-521' },
};

const makers: { readonly [type in SshKeySpec['keyType']]: (size: number | undefined) => SshKey } = {
  rsa: (size = 2048) => rsaKey(exported(generateKeyPairSync('rsa', { modulusLength: size }).privateKey)),
  ed25519: () => edwardsKey(exported(generateKeyPairSync('ed25519').privateKey)),
  ecdsa: (size = 256) => {
    const { name, namedCurve } = curves[size] ?? { name: 'nistp256', namedCurve: 'P-256' };
    return curveKey(name, exported(generateKeyPairSync('ec', { namedCurve }).privateKey));
  },
};

function exported(key: KeyObject): JsonWebKey {
  return key.export({ format: 'jwk' });
}

function rsaKey({ n, e, d, p, q, qi }: JsonWebKey): SshKey {
  return { type: 'ssh-rsa', publicParts: [e, n].map(number), privateParts: [n, e, d, qi, p, q].map(number) };
}

function edwardsKey({ x, d }: JsonWebKey): SshKey {
  const open = fromBase64(x);
  return {
    type: 'ssh-ed25519',
    publicParts: [field(open)],
    privateParts: [field(open), field(Buffer.concat([fromBase64(d), open]))],
  };
}

function curveKey(name: CurveName, { x, y, d }: JsonWebKey): SshKey {
  const publicParts = [text(name), field(Buffer.concat([Buffer.of(4), fromBase64(x), fromBase64(y)]))];
  return { type: `ecdsa-sha2-${name}`, publicParts, privateParts: [...publicParts, number(d)] };
}

const blockSize = 8;

function privatePem(
  key: SshKey,
  { blob, comment, check }: { readonly blob: Buffer; readonly comment: string; readonly check: Buffer },
): string {
  const content = Buffer.concat([check, check, text(key.type), ...key.privateParts, text(comment)]);
  const padding = Buffer.from(
    Array.from({ length: (blockSize - (content.length % blockSize)) % blockSize }, (_, index) => index + 1),
  );
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    text('none'),
    text('none'),
    text(''),
    Buffer.of(0, 0, 0, 1),
    field(blob),
    field(Buffer.concat([content, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function fromBase64(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64url');
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function text(content: string): Buffer {
  return field(Buffer.from(content, 'utf8'));
}

/** A whole number, not negative, without leading zeros. */
function number(base64: string | undefined): Buffer {
  const bytes = fromBase64(base64);
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start === -1 ? bytes.length : start);
  return field((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

function toBytes(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content, 'utf8'));
}
