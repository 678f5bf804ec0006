import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type webcrypto,
  X509Certificate,
} from 'node:crypto';

/** A key pair that values are sealed with. Its private half cannot be printed or taken out. */
export type SealingKey = {
  /** SHA-256, in hex, of the public key. */
  readonly id: string;
  /** The file that it is from. */
  readonly file: string;
  /** ISO 8601; empty where it came without a certificate, so that it opens only. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly certificate?: string;
  /** Its label is not `active`: neither sealed nor opened with, as by the controller; re-encrypting still opens with it. */
  readonly isRetired: boolean;
  readonly modulus: Uint8Array;
  readonly publicKey: KeyObject;
  readonly privateKey: webcrypto.CryptoKey;
};

/** A public key by what it is, whatever it came in. */
function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

type Half = { readonly id: string; readonly key: KeyObject };

/** A private RSA key of PEM; undefined: it is none, or locked by a passphrase. */
export function readPrivateKey(pem: string): Half | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? { id: keyId(createPublicKey(key)), key } : undefined;
  } catch {
    return undefined;
  }
}

/** A certificate of PEM with an RSA key; undefined: it is none. */
export function readCertificate(
  pem: string,
): { readonly id: string; readonly certificate: X509Certificate } | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { publicKey } = certificate;
    return publicKey.asymmetricKeyType === 'rsa' ? { id: keyId(publicKey), certificate } : undefined;
  } catch {
    return undefined;
  }
}

export type KeyOrigin = { readonly file: string; readonly isRetired: boolean };

/** A sealing key of its two halves. */
export function toSealingKey(half: Half, certificate: X509Certificate | undefined, origin: KeyOrigin): SealingKey {
  const publicKey = createPublicKey(half.key);
  const { n = '' } = publicKey.export({ format: 'jwk' });
  return {
    id: half.id,
    ...origin,
    notBefore: certificate?.validFromDate.toISOString() ?? '',
    notAfter: certificate?.validToDate.toISOString() ?? '',
    ...(certificate === undefined ? {} : { certificate: certificate.toString() }),
    modulus: Buffer.from(n, 'base64url'),
    publicKey,
    privateKey: half.key.toCryptoKey({ name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['decrypt']),
  };
}
