import { createDecipheriv } from 'node:crypto';
import { decodeBase64 } from '../strict-base64.ts';

const form = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]/;
const types = ['str', 'int', 'float', 'bool', 'bytes', 'time', 'comment'] as const;

export type PlainType = (typeof types)[number];

/** What stood there before it was encrypted, as sops wrote it down. */
export type PlainValue = { readonly type: PlainType; readonly bytes: Uint8Array };

export type Sealing = { readonly dataKey: Uint8Array; readonly path: readonly string[] };

/** True for a text that sops has encrypted. */
export function isEncryptedText(text: string): boolean {
  return text.startsWith('ENC[AES256_GCM,data:');
}

/** Decrypts a value that belongs to a path; undefined: it is damaged, or belongs elsewhere. An empty text stays empty. */
export function decryptText(text: string, { dataKey, path }: Sealing): PlainValue | undefined {
  if (text === '') return { type: 'str', bytes: new Uint8Array() };
  return openText(text, dataKey, path.map((step) => `${step}:`).join(''));
}

/** As `decryptText`, bound to any text. */
export function openText(text: string, dataKey: Uint8Array, bound: string): PlainValue | undefined {
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(text) ?? [];
  const [body, nonce, seal] = [data, iv, tag].map(decodeBase64);
  const known = types.find((each) => each === type);
  if (body === undefined || nonce === undefined || seal?.length !== 16 || known === undefined) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce);
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(seal);
    return { type: known, bytes: Buffer.concat([decipher.update(body), decipher.final()]) };
  } catch {
    return undefined;
  }
}

/** The bytes of a value that sops counts into its MAC; undefined: it counts nothing. */
export function countedBytes({ type, bytes }: PlainValue): Uint8Array | undefined {
  if (type === 'comment') return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  if (type === 'int') return Buffer.from(/^[-+]?\d+$/.test(text) ? BigInt(text).toString() : text);
  if (type === 'float') return Buffer.from(floatText(Number(text)));
  return type === 'bool' ? Buffer.from(/^(?:1|t|true)$/i.test(text) ? 'True' : 'False') : bytes;
}

/** The bytes of a value that was never encrypted. */
export function countedPlain(value: boolean | number | string): Uint8Array {
  if (typeof value === 'boolean') return Buffer.from(value ? 'True' : 'False');
  return Buffer.from(typeof value === 'number' ? floatText(value) : value);
}

/** A number without exponent, in as few digits as it needs, as Go's 'f' does. */
export function floatText(value: number): string {
  const text = String(value);
  const [, sign = '', whole = '', fraction = '', exponent = ''] = /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? [];
  if (exponent === '') return text;
  const point = whole.length + Number(exponent);
  const digits = `${whole}${fraction}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return `${sign}${padded.slice(0, point)}${padded.length > point ? `.${padded.slice(point)}` : ''}`;
}
