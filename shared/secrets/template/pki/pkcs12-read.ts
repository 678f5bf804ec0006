import forge from 'node-forge';
import { TemplateFailure } from '../go/failure.ts';
import { toBytes } from '../go/utf8.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/** The parts of an archive as DER: the key as PKCS#8, the certificates in their order. */
export type Archive = { readonly key: Buffer; readonly certificates: readonly Certificate[] };

const bagIds = {
  key: forge.pki.oids['keyBag'] ?? '',
  shroudedKey: forge.pki.oids['pkcs8ShroudedKeyBag'] ?? '',
  certificate: forge.pki.oids['certBag'] ?? '',
};

/** Opens a PKCS#12 archive, given as a Go string. It must hold one key and at least one certificate. */
export function readArchive(archive: string, password: string): Archive {
  const parsed = open(archive, password);
  const keys = [...bagsOf(parsed, bagIds.key), ...bagsOf(parsed, bagIds.shroudedKey)].map(toKey);
  const certificates = bagsOf(parsed, bagIds.certificate).map(toCertificate);
  const [key] = keys;
  if (key === undefined || keys.length > 1 || certificates.length === 0)
    throw new TemplateFailure(
      'the archive has not exactly one private key, and certificates',
      'make it again with one key and its chain',
    );
  return { key, certificates };
}

function open(archive: string, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forge.util.createBuffer(archive, 'raw')), false, password);
  } catch {
    throw new TemplateFailure(
      'the PKCS#12 archive cannot be opened',
      'check its password, and that it was decoded with b64dec before',
    );
  }
}

function bagsOf(parsed: forge.pkcs12.Pkcs12Pfx, bagType: string): readonly forge.pkcs12.Bag[] {
  return parsed.getBags({ bagType })[bagType] ?? [];
}

/** Keys that node-forge has no class for, such as EC ones, come as ASN.1. */
function toKey({ key, asn1 }: forge.pkcs12.Bag): Buffer {
  const info = key === undefined || key === null ? asn1 : forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key));
  return toBytes(forge.asn1.toDer(info).getBytes());
}

function toCertificate({ cert, asn1 }: forge.pkcs12.Bag): Certificate {
  const info = cert === undefined || cert === null ? asn1 : forge.pki.certificateToAsn1(cert);
  return readCertificate(toBytes(forge.asn1.toDer(info).getBytes()));
}
