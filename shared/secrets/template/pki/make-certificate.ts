import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { bits, context, element, integer, nothing, octets, oid, sequence, set, tags } from './der.ts';

/** What a certificate says. */
export type CertificateDraft = {
  readonly commonName: string;
  readonly ips: readonly Buffer[];
  readonly dnsNames: readonly string[];
  readonly notBefore: Date;
  readonly days: number;
  readonly isAuthority: boolean;
  readonly serial: Uint8Array;
};

/** Who signs: the subject of the signer's certificate, its key id and its key. */
export type Signer = { readonly subject: Buffer; readonly keyId: Buffer | undefined; readonly key: KeyObject };

/** The name of a subject that has nothing but a common name. */
export function toSubject(commonName: string): Buffer {
  if (commonName === '') return sequence();
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/.test(commonName);
  const text = element(isPrintable ? tags.printableString : tags.utf8String, Buffer.from(commonName));
  return sequence(set(sequence(oid('2.5.4.3'), text)));
}

/** The SHA-1 of a public key's bits, which is its key id. */
export function keyIdOf(key: KeyObject): Buffer {
  const info = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(publicBits(info)).digest();
}

function publicBits(info: Buffer): Buffer {
  const lengthBytes = (info[1] ?? 0) < 0x80 ? 0 : (info[1] ?? 0) & 0x7f;
  const inside = info.subarray(2 + lengthBytes);
  const algorithm = inside.subarray(0, 2 + (inside[1] ?? 0));
  const bitString = inside.subarray(algorithm.length);
  const more = (bitString[1] ?? 0) < 0x80 ? 0 : (bitString[1] ?? 0) & 0x7f;
  return bitString.subarray(2 + more + 1);
}

/** Makes and signs a certificate of DER, with the extensions that sprig gives it. */
export function makeCertificate(draft: CertificateDraft, key: KeyObject, signer: Signer): Buffer {
  const { algorithm, digest } = signatureOf(signer.key);
  const subject = toSubject(draft.commonName);
  const body = sequence(
    context(0, integer(2)),
    integer(draft.serial),
    algorithm,
    signer.subject,
    sequence(toTime(draft.notBefore), toTime(new Date(draft.notBefore.getTime() + draft.days * 86_400_000))),
    subject,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensionsOf(draft, key, subject.equals(signer.subject) ? undefined : signer.keyId))),
  );
  return sequence(body, algorithm, bits(sign(digest, body, signer.key)));
}

function signatureOf(key: KeyObject): { readonly algorithm: Buffer; readonly digest: string | null } {
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: sequence(oid('1.3.101.112')), digest: null };
  if (key.asymmetricKeyType === 'rsa')
    return { algorithm: sequence(oid('1.2.840.113549.1.1.11'), nothing()), digest: 'sha256' };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'secp384r1') return { algorithm: sequence(oid('1.2.840.10045.4.3.3')), digest: 'sha384' };
  if (curve === 'secp521r1') return { algorithm: sequence(oid('1.2.840.10045.4.3.4')), digest: 'sha512' };
  return { algorithm: sequence(oid('1.2.840.10045.4.3.2')), digest: 'sha256' };
}

function toTime(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const isShort = date.getUTCFullYear() >= 1950 && date.getUTCFullYear() < 2050;
  return isShort
    ? element(tags.utcTime, Buffer.from(digits.slice(2)))
    : element(tags.generalizedTime, Buffer.from(digits));
}

function extensionsOf(draft: CertificateDraft, key: KeyObject, authority: Buffer | undefined): readonly Buffer[] {
  const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
    sequence(oid(id), ...(isCritical ? [element(tags.boolean, Buffer.from([0xff]))] : []), octets(value));
  const usage = draft.isAuthority ? Buffer.from([2, 0xa4]) : Buffer.from([5, 0xa0]);
  const names = [
    ...draft.dnsNames.map((name) => element(0x82, Buffer.from(name))),
    ...draft.ips.map((ip) => element(0x87, ip)),
  ];
  const limits = draft.isAuthority ? sequence(element(tags.boolean, Buffer.from([0xff]))) : sequence();
  return [
    extension('2.5.29.15', true, element(tags.bitString, usage)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', true, limits),
    ...(draft.isAuthority ? [extension('2.5.29.14', false, octets(keyIdOf(key)))] : []),
    ...(authority === undefined ? [] : [extension('2.5.29.35', false, sequence(element(0x80, authority)))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', draft.commonName === '', sequence(...names))]),
  ];
}
