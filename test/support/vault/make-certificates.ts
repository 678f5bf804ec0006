import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export type KeyAndCertificate = { readonly key: string; readonly cert: string };

export type Certificates = {
  /** The authority, as PEM. */
  readonly ca: string;
  /** For 127.0.0.1. */
  readonly server: KeyAndCertificate;
  readonly client: KeyAndCertificate;
};

/** An authority of its own, and what it vouches for. */
export function makeCertificates(): Certificates {
  const authority = makeKey();
  const name = [{ name: 'commonName', value: 'authority of the tests' }];
  const ca = sign({
    subject: name,
    key: authority,
    issuer: name,
    by: authority,
    extensions: [{ name: 'basicConstraints', cA: true }],
  });
  const issue = (commonName: string, extensions: object[]): KeyAndCertificate => {
    const key = makeKey();
    const subject = [{ name: 'commonName', value: commonName }];
    return { key: key.pem, cert: sign({ subject, key, issuer: name, by: authority, extensions }) };
  };
  return {
    ca,
    server: issue('vault', [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]),
    client: issue('shop', [{ name: 'extKeyUsage', clientAuth: true }]),
  };
}

type Key = { readonly pem: string; readonly pair: forge.pki.rsa.KeyPair };

type Signing = {
  readonly subject: forge.pki.CertificateField[];
  readonly key: Key;
  readonly issuer: forge.pki.CertificateField[];
  readonly by: Key;
  readonly extensions: object[];
};

let serial = 0;

function sign({ subject, key, issuer, by, extensions }: Signing): string {
  const certificate = forge.pki.createCertificate();
  serial += 1;
  certificate.serialNumber = String(serial).padStart(2, '0');
  certificate.publicKey = key.pair.publicKey;
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  certificate.sign(by.pair.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function makeKey(): Key {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const secret = forge.pki.privateKeyFromPem(pem);
  return { pem, pair: { privateKey: secret, publicKey: forge.pki.setRsaPublicKey(secret.n, secret.e) } };
}
