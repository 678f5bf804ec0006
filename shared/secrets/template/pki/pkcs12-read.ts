import { createHmac, timingSafeEqual } from 'node:crypto';
import { TemplateFailure } from '../go/failure.ts';
import { toBytes } from '../go/utf8.ts';
import { oid } from './der.ts';
import {
  type ArchivePassword,
  bodyOf,
  decryptPart,
  hashes,
  lookUp,
  passwordForms,
  readCount,
} from './pkcs12-decrypt.ts';
import { deriveKey } from './pkcs12-derive.ts';
import { elementsIn, toDer } from './read-ber.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';
import { type DerElement, readElement, readElements } from './read-der.ts';

/** The parts of an archive as DER: the key as PKCS#8, the certificates in their order. */
export type Archive = { readonly key: Buffer; readonly certificates: readonly Certificate[] };

type Bag = { readonly is: 'key' | 'certificate'; readonly bytes: Buffer };

const ids = {
  data: oid('1.2.840.113549.1.7.1'),
  encrypted: oid('1.2.840.113549.1.7.6'),
  key: oid('1.2.840.113549.1.12.10.1.1'),
  shroudedKey: oid('1.2.840.113549.1.12.10.1.2'),
  certificate: oid('1.2.840.113549.1.12.10.1.3'),
  x509: oid('1.2.840.113549.1.9.22.1'),
};

/** Opens a PKCS#12 archive, given as a Go string. It must hold one key and at least one certificate. */
export function readArchive(archive: string, password: string): Archive {
  const bags = open(toBytes(archive), password);
  const keys = bags.filter(({ is }) => is === 'key');
  const certificates = bags.filter(({ is }) => is === 'certificate').map(({ bytes }) => readCertificate(bytes));
  const [key] = keys;
  if (key === undefined || keys.length > 1 || certificates.length === 0)
    throw new TemplateFailure(
      'the archive has not exactly one private key, and certificates',
      'make it again with one key and its chain',
    );
  return { key: key.bytes, certificates };
}

function open(archive: Buffer, password: string): readonly Bag[] {
  for (const form of passwordForms(password)) {
    try {
      return bagsOf(archive, form);
    } catch {
      // What was thrown may speak of what is in it.
    }
  }
  throw new TemplateFailure(
    'the PKCS#12 archive cannot be opened',
    'check its password, and that it was decoded with b64dec before',
  );
}

function bagsOf(archive: Buffer, password: ArchivePassword): readonly Bag[] {
  const [, content, mac] = elementsIn(toDer(archive));
  const safe = octetsOf(content);
  if (mac !== undefined) authenticate(safe, mac, password);
  return elementsIn(toDer(safe)).flatMap((part) => {
    const bags = elementsIn(toDer(isA(part, ids.encrypted) ? decrypted(part, password) : octetsOf(part)));
    return bags.flatMap((bag) => toBag(bag, password));
  });
}

function isA({ body }: DerElement, id: Buffer): boolean {
  return readElement(body).whole.equals(id);
}

/** What stands behind the id of a typed element. */
function contentOf(element: DerElement | undefined): DerElement {
  return readElement(bodyOf(readElements(bodyOf(element))[1]));
}

function octetsOf(part: DerElement | undefined): Buffer {
  if (part === undefined || !isA(part, ids.data)) throw new TemplateFailure('the archive is of an unknown form');
  return contentOf(part).body;
}

function decrypted(part: DerElement, password: ArchivePassword): Buffer {
  const [, info] = readElements(contentOf(part).body);
  const [, algorithm, content] = readElements(bodyOf(info));
  if (algorithm === undefined || content === undefined) throw new TemplateFailure('the archive is of an unknown form');
  // It may be in several pieces.
  const isWhole = (content.tag & 0x20) === 0;
  const pieces = isWhole ? [content] : readElements(content.body);
  return decryptPart(algorithm, Buffer.concat(pieces.map(({ body }) => body)), password);
}

function authenticate(content: Buffer, { body }: DerElement, { wide }: ArchivePassword): void {
  const [info, salt, iterations] = readElements(body);
  const [algorithm, digest] = readElements(bodyOf(info));
  const hash = lookUp(hashes, readElements(bodyOf(algorithm))[0]);
  const expected = bodyOf(digest);
  const key = deriveKey({
    purpose: 'mac',
    password: wide,
    salt: bodyOf(salt),
    iterations: iterations === undefined ? 1 : readCount(iterations),
    hash,
    bytes: expected.length,
  });
  if (timingSafeEqual(createHmac(hash, key).update(content).digest(), expected)) return;
  throw new TemplateFailure('the archive was made with another password, or was changed');
}

/** Other things than keys and certificates are passed over. */
function toBag(bag: DerElement, password: ArchivePassword): readonly Bag[] {
  const value = contentOf(bag);
  if (isA(bag, ids.key)) return [{ is: 'key', bytes: value.whole }];
  if (isA(bag, ids.shroudedKey)) {
    const [algorithm, ciphertext] = readElements(value.body);
    if (algorithm === undefined) throw new TemplateFailure('the archive is of an unknown form');
    return [{ is: 'key', bytes: decryptPart(algorithm, bodyOf(ciphertext), password) }];
  }
  const isX509 = isA(bag, ids.certificate) && isA(value, ids.x509);
  return isX509 ? [{ is: 'certificate', bytes: contentOf(value).body }] : [];
}
