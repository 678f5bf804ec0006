import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import forge from 'node-forge';
import { keyIdOf, makeCertificate, toSubject } from '../../shared/secrets/template/pki/make-certificate.ts';
import { toPem } from '../../shared/secrets/template/pki/pem.ts';
import { errorOf, renderBytes, renderText } from '../support/secrets/render-text.ts';

const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ecSec1 = ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const ecCertificates = `{{ $ca := genCAWithKey "ca" 10 .key }}{{ $c := genSignedCertWithKey "leaf" (list "10.0.0.1" "2001:db8:0:0:1::2") (list "a.example" "b.example") 10 $ca .key }}`;

/** A chain of two certificates: leaf, then root. */
const [leaf, root] = renderText(`${ecCertificates}{{ $c.Cert }}|{{ $ca.Cert }}`, { key: ecSec1 }).split('|') as [
  string,
  string,
];
const rsaRoot = renderText('{{ (genCAWithKey "rsa root" 10 .key).Cert }}', {
  key: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
});

/** An archive made by node-forge, with the algorithms that older programs use. */
function forgeArchive(password: string): Uint8Array {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    [forge.pki.certificateFromPem(rsaRoot)],
    password,
    { algorithm: '3des' },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

/** Leaf, intermediate and root: each names its own key id and its issuer's. */
function chainWithKeyIds(): readonly [string, string, string] {
  const keys = { leaf: newKey(), middle: newKey(), top: newKey() };
  const issue = (name: keyof typeof keys, by: keyof typeof keys): string => {
    const draft = {
      commonName: name,
      ips: [],
      dnsNames: [],
      notBefore: new Date(1_700_000_000_000),
      days: 1,
      isAuthority: true,
    };
    const signer = { subject: toSubject(by), keyId: keyIdOf(keys[by]), key: keys[by] };
    return toPem('CERTIFICATE', makeCertificate({ ...draft, serial: Buffer.from([1]) }, keys[name], signer));
  };
  return [issue('leaf', 'middle'), issue('middle', 'top'), issue('top', 'top')];
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

describe('Certificates', () => {
  it('that a template signs verify, name what they were asked to name, and are valid for the days asked', () => {
    const [signed, authority] = [new X509Certificate(leaf), new X509Certificate(root)];
    expect(signed.verify(ec.publicKey) && signed.checkIssued(authority) && authority.ca && !signed.ca).toBe(true);
    expect(signed.subjectAltName).toBe(
      'DNS:a.example, DNS:b.example, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:1:0:0:2',
    );
    expect([signed.subject, signed.issuer]).toEqual(['CN=leaf', 'CN=ca']);
    expect(Date.parse(signed.validTo) - Date.parse(signed.validFrom)).toBe(10 * 86_400_000);
    expect(signed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('show their names, DNS first, then addresses as Go writes them', () => {
    expect(renderText('{{ certSANs .c | join "," }}', { c: `junk ${leaf}` })).toBe(
      'a.example,b.example,10.0.0.1,2001:db8::1:0:0:2',
    );
    expect(renderText('{{ certSANs .c | len }}', { c: root })).toBe('0');
  });

  it('are put in order from leaf to root, whatever order they come in', () => {
    const [end, middle, top] = chainWithKeyIds();
    const get = (which: string, pem: string): string => renderText(`{{ filterCertChain "${which}" .c }}`, { c: pem });
    const mixed = top + end + middle;
    expect([get('leaf', mixed), get('intermediate', mixed), get('root', mixed)]).toEqual([end, middle, top]);
    expect([get('intermediate', end), get('leaf', top), get('root', end), get('other', end)]).toEqual(['', '', '', '']);
    expect(errorOf('{{ filterCertChain "leaf" .c }}', { c: end + top }).message).toContain('are not one chain');
  });

  it('and keys are picked from a text by their type', () => {
    const text = `junk\n${leaf}${pkcs8(ec.privateKey)}${root}`;
    expect(renderText('{{ filterPEM "certificate" .t }}', { t: text })).toBe(leaf + root);
    expect(renderText('{{ filterPEM "PRIVATE KEY" .t }}', { t: text })).toBe(pkcs8(ec.privateKey));
    expect(renderText('{{ filterPEM "X" .t }}', { t: leaf })).toBe('');
    expect(errorOf('{{ filterPEM "X" .t }}', { t: `${leaf}tail` }).message).toContain('no block of that type');
  });
});

describe('PKCS#12 archives', () => {
  it.each(['', 'pässword'])('that other programs made give their key and certificate: password "%s"', (password) => {
    const values = { a: forgeArchive(password), p: password };
    expect(renderText('{{ pkcs12keyPass .p .a }}', values)).toBe(pkcs8(rsa.privateKey));
    expect(renderText('{{ pkcs12certPass .p .a }}', values)).toBe(rsaRoot);
  });

  it('with a wrong password, or that are none, are refused', () => {
    expect(errorOf('{{ pkcs12keyPass "no" .a }}', { a: forgeArchive('yes') }).message).toContain('cannot be opened');
    expect(errorOf('{{ pkcs12cert .a }}', { a: 'nothing of the kind' }).message).toContain('cannot be opened');
  });

  it('that a template makes can be opened again, with all that was put in', () => {
    const values = { c: root + leaf, l: leaf, k: pkcs8(ec.privateKey), p: 'pass' };
    expect(renderText('{{ $a := pemToPkcs12Pass .l .k .p | b64dec }}{{ pkcs12keyPass .p $a }}', values)).toBe(values.k);
    expect(renderText('{{ pemToPkcs12 .l .k | b64dec | pkcs12cert }}', values)).toBe(leaf);
    expect(renderText('{{ fullPemToPkcs12Pass (print .l .c) .k .p | b64dec | pkcs12certPass .p }}', values)).toContain(
      root,
    );
    expect(renderText('{{ fullPemToPkcs12 .l .k | b64dec | pkcs12key }}', values)).toBe(values.k);
  });

  it('of nothing but trusted certificates open in another program, and each certificate is marked as trusted', () => {
    for (const text of ['{{ pemTruststoreToPKCS12Pass .c "changeit" }}', '{{ pemTruststoreToPKCS12 .c }}']) {
      const bytes = Buffer.from(renderText(text, { c: rsaRoot + rsaRoot }), 'base64');
      const password = text.includes('changeit') ? 'changeit' : '';
      const archive = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(bytes.toString('latin1')), false, password);
      const bags = archive.getBags({ bagType: forge.pki.oids['certBag'] ?? '' })[forge.pki.oids['certBag'] ?? ''] ?? [];
      expect(bags.map(({ attributes }) => attributes.friendlyName?.length)).toEqual([1, 1]);
    }
  });

  it('are refused where the text has something else than PEM', () => {
    for (const text of [
      'fullPemToPkcs12 (print .c "x") .k',
      'pemToPkcs12 "x" .k',
      'pemToPkcs12 .c "x"',
      'pemTruststoreToPKCS12 "x"',
    ])
      expect(errorOf(`{{ ${text} }}`, { c: leaf, k: pkcs8(ec.privateKey) }).code).toBe('secret-template');
  });
});

describe('Keys', () => {
  it('are written as PEM from JWK: RSA and EC, public and private', () => {
    for (const { publicKey, privateKey } of [ec, rsa]) {
      const jwk = {
        p: JSON.stringify(publicKey.export({ format: 'jwk' })),
        s: JSON.stringify(privateKey.export({ format: 'jwk' })),
      };
      expect(renderText('{{ jwkPublicKeyPem .p }}', jwk)).toBe(spki(publicKey));
      expect(renderText('{{ jwkPrivateKeyPem .s }}', jwk)).toBe(pkcs8(privateKey));
      expect(errorOf('{{ jwkPublicKeyPem .s }}', jwk).message).toContain('private key');
      expect(errorOf('{{ jwkPrivateKeyPem .p }}', jwk).message).toContain('no such key');
    }
  });

  it('of RSA open what was encrypted for them, by every hash', () => {
    const key = pkcs8(rsa.privateKey);
    for (const [name, hash] of [
      ['SHA1', 'sha1'],
      ['SHA256', 'sha256'],
      ['SHA512', 'sha512'],
      ['None', 'sha256'],
    ]) {
      const sealed = publicEncrypt({ key: rsa.publicKey, oaepHash: hash }, Buffer.from([0, 255, 10]));
      expect(renderBytes(`{{ rsaDecrypt "RSA-OAEP" "${name}" .t .k }}`, { t: sealed, k: key })).toEqual(
        Buffer.from([0, 255, 10]),
      );
      expect(renderText(`{{ .t | b64enc | b64dec | rsaDecrypt "None" "x" "as it is" }}`, { t: sealed })).toBe(
        'as it is',
      );
    }
    expect(errorOf('{{ rsaDecrypt "RSA-OAEP" "SHA1" "x" .k }}', { k: key }).message).toContain('cannot be decrypted');
    expect(errorOf('{{ rsaDecrypt "X" "SHA1" "x" .k }}', { k: key }).message).toContain('None and RSA-OAEP');
  });

  it('that a template makes are keys', () => {
    for (const type of ['ecdsa', 'ed25519']) {
      const pem = renderText(`{{ genPrivateKey "${type}" }}`);
      expect(createPublicKey(createPrivateKey(pem)).asymmetricKeyType).toBe(type === 'ecdsa' ? 'ec' : type);
    }
  });
});

describe('htpasswd', () => {
  it('takes the algorithm that External Secrets lets one choose', () => {
    expect(renderText('{{ htpasswd "user" "pass" "sha" }}')).toBe('user:{SHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=');
    expect(renderText('{{ htpasswd "user" "pass" "bcrypt" }}')).toMatch(/^user:\$2a\$10\$.{53}$/);
    expect(renderText('{{ htpasswd "us:er" "pass" "sha" }}')).toBe('invalid username: us:er');
  });
});
