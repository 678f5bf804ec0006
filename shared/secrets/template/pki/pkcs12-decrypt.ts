import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { TemplateFailure } from '../go/failure.ts';
import { oid } from './der.ts';
import { deriveKey, toPasswordBytes } from './pkcs12-derive.ts';
import { decryptRc2 } from './rc2.ts';
import { type DerElement, readElements } from './read-der.ts';

/** A password in the two forms that keys are made of. */
export type ArchivePassword = { readonly text: Buffer; readonly wide: Buffer };

/** The forms that an archive's password can have: of the empty one, some programs make nothing at all. */
export function passwordForms(password: string): readonly ArchivePassword[] {
  const form = { text: Buffer.from(password), wide: toPasswordBytes(password) };
  return password === '' ? [form, { ...form, wide: Buffer.alloc(0) }] : [form];
}

type Cipher = { readonly name: string; readonly keyBytes: number };

const byId = <Value>(entries: { readonly [dotted: string]: Value }): ReadonlyMap<string, Value> =>
  new Map(Object.entries(entries).map(([dotted, value]) => [oid(dotted).toString('hex'), value]));

/** Digests that authenticate. */
export const hashes: ReadonlyMap<string, string> = byId({
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
});

const keyedHashes = byId({
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
});

/** Those of PKCS#12 itself, which older programs use. */
const oldCiphers = byId<Cipher>({
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { name: 'des-ede-cbc', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5 },
});

const ciphers = byId<Cipher>({
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
});

const pbes2 = oid('1.2.840.113549.1.5.13');
const pbkdf2 = oid('1.2.840.113549.1.5.12');
/** Far more than anybody uses, and still over after some seconds. */
const mostIterations = 5_000_000;

/** Decrypts a part of an archive, as its algorithm says. */
export function decryptPart(algorithm: DerElement, ciphertext: Buffer, password: ArchivePassword): Buffer {
  const [id, parameters] = readElements(algorithm.body);
  const given = readElements(bodyOf(parameters));
  if (id?.whole.equals(pbes2) === true) return decryptNew(given, ciphertext, password);
  const { name, keyBytes } = lookUp(oldCiphers, id);
  const derivation = { password: password.wide, salt: bodyOf(given[0]), iterations: readCount(given[1]), hash: 'sha1' };
  const key = deriveKey({ ...derivation, purpose: 'key', bytes: keyBytes });
  const iv = deriveKey({ ...derivation, purpose: 'iv', bytes: 8 });
  return name === 'rc2' ? withoutPadding(decryptRc2(ciphertext, key, iv)) : decipher(name, { key, iv, ciphertext });
}

function decryptNew(given: readonly DerElement[], ciphertext: Buffer, { text }: ArchivePassword): Buffer {
  const [derivation, encryption] = given.map(({ body }) => readElements(body));
  const [deriver, parameters] = derivation ?? [];
  if (deriver?.whole.equals(pbkdf2) !== true) throw unknown();
  const [salt, iterations, ...more] = readElements(bodyOf(parameters));
  const keyed = more.find(({ tag }) => tag === 0x30);
  const hash = keyed === undefined ? 'sha1' : lookUp(keyedHashes, readElements(keyed.body)[0]);
  const { name, keyBytes } = lookUp(ciphers, encryption?.[0]);
  const key = pbkdf2Sync(text, bodyOf(salt), readCount(iterations), keyBytes, hash);
  return decipher(name, { key, iv: bodyOf(encryption?.[1]), ciphertext });
}

function decipher(
  name: string,
  { key, iv, ciphertext }: { readonly key: Buffer; readonly iv: Buffer; readonly ciphertext: Buffer },
): Buffer {
  const cipher = createDecipheriv(name, key, iv);
  return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
}

function withoutPadding(plain: Buffer): Buffer {
  const count = plain.at(-1) ?? 0;
  const padding = plain.subarray(plain.length - count);
  if (count < 1 || count > 8 || padding.some((byte) => byte !== count)) throw unknown();
  return plain.subarray(0, -count);
}

/** What stands for an id; a failure where nothing does. */
export function lookUp<Value>(values: ReadonlyMap<string, Value>, id: DerElement | undefined): Value {
  const found = values.get(id?.whole.toString('hex') ?? '');
  if (found === undefined) throw unknown();
  return found;
}

/** How often something is done. */
export function readCount(element: DerElement | undefined): number {
  const digits = bodyOf(element).toString('hex');
  const count = Number.parseInt(digits, 16);
  if (!(count >= 1 && count <= mostIterations)) throw unknown();
  return count;
}

/** What an element holds that has to be there. */
export function bodyOf(element: DerElement | undefined): Buffer {
  if (element === undefined) throw unknown();
  return element.body;
}

function unknown(): TemplateFailure {
  return new TemplateFailure('the archive is of an unknown form');
}
