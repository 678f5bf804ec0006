import { createCipheriv, createHash, createHmac, type KeyObject, pbkdf2Sync } from 'node:crypto';
import { context, element, integer, nothing, octets, oid, sequence, set, tags } from './der.ts';
import { deriveKey, toBmp, toPasswordBytes } from './pkcs12-derive.ts';
import type { Certificate } from './read-certificate.ts';

/** What an archive holds, and what protects it. */
export type ArchiveDraft = {
  readonly key: KeyObject | undefined;
  readonly certificates: readonly Certificate[];
  readonly password: string;
  readonly randomBytes: (length: number) => Uint8Array;
};

const iterations = 2048;
const oids = {
  data: '1.2.840.113549.1.7.1',
  encrypted: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  friendlyName: '1.2.840.113549.1.9.20',
  trustedByJava: '2.16.840.1.113894.746875.1.1',
  anyUsage: '2.5.29.37.0',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
};

/** A PKCS#12 archive with PBES2, AES-256 and a SHA-256 MAC. Without a key it is a trust store that Java reads. */
export function writeArchive(draft: ArchiveDraft): Buffer {
  const leaf = draft.key === undefined ? undefined : draft.certificates[0];
  const id =
    leaf === undefined ? undefined : attribute(oids.localKeyId, octets(createHash('sha1').update(leaf.bytes).digest()));
  const certificates = draft.certificates.map((certificate, index) =>
    certificateBag(
      certificate,
      draft.key === undefined ? trustAttributes(index) : index === 0 && id !== undefined ? [id] : [],
    ),
  );
  const contents = [
    encryptedContent(sequence(...certificates), draft),
    ...(draft.key === undefined || id === undefined ? [] : [dataContent(sequence(keyBag(draft.key, id, draft)))]),
  ];
  const safe = sequence(...contents);
  return sequence(integer(3), dataContent(safe), macOf(safe, draft));
}

function attribute(id: string, value: Buffer): Buffer {
  return sequence(oid(id), set(value));
}

function trustAttributes(index: number): readonly Buffer[] {
  const name = element(tags.bmpString, toBmp(`trusted-${index + 1}`));
  return [attribute(oids.friendlyName, name), attribute(oids.trustedByJava, oid(oids.anyUsage))];
}

function certificateBag({ bytes }: Certificate, attributes: readonly Buffer[]): Buffer {
  const value = sequence(oid(oids.x509), context(0, octets(bytes)));
  return sequence(
    oid(oids.certificateBag),
    context(0, value),
    ...(attributes.length === 0 ? [] : [set(...attributes)]),
  );
}

function keyBag(key: KeyObject, id: Buffer, draft: ArchiveDraft): Buffer {
  const { algorithm, ciphertext } = encrypt(key.export({ type: 'pkcs8', format: 'der' }), draft);
  return sequence(oid(oids.keyBag), context(0, sequence(algorithm, octets(ciphertext))), set(id));
}

function dataContent(body: Buffer): Buffer {
  return sequence(oid(oids.data), context(0, octets(body)));
}

function encryptedContent(body: Buffer, draft: ArchiveDraft): Buffer {
  const { algorithm, ciphertext } = encrypt(body, draft);
  const info = sequence(oid(oids.data), algorithm, element(0x80, ciphertext));
  return sequence(oid(oids.encrypted), context(0, sequence(integer(0), info)));
}

function encrypt(
  body: Buffer,
  { password, randomBytes }: ArchiveDraft,
): { readonly algorithm: Buffer; readonly ciphertext: Buffer } {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(Buffer.from(password), salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const derivation = sequence(
    oid(oids.pbkdf2),
    sequence(octets(salt), integer(iterations), sequence(oid(oids.hmacSha256), nothing())),
  );
  const algorithm = sequence(oid(oids.pbes2), sequence(derivation, sequence(oid(oids.aes256), octets(iv))));
  return { algorithm, ciphertext: Buffer.concat([cipher.update(body), cipher.final()]) };
}

function macOf(body: Buffer, { password, randomBytes }: ArchiveDraft): Buffer {
  const salt = Buffer.from(randomBytes(16));
  const wide = toPasswordBytes(password);
  const key = deriveKey({ purpose: 'mac', password: wide, salt, iterations, hash: 'sha256', bytes: 32 });
  const digest = createHmac('sha256', key).update(body).digest();
  return sequence(sequence(sequence(oid(oids.sha256), nothing()), octets(digest)), octets(salt), integer(iterations));
}
