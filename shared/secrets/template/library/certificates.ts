import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { decodeText } from '../go/utf8.ts';
import type { GoCertificate, GoList } from '../go/value.ts';
import { makeCertificate, type Signer, toSubject } from '../pki/make-certificate.ts';
import { decodePem, toPem } from '../pki/pem.ts';
import { readNamedKeyPem, toNamedPem } from '../pki/private-key.ts';
import { readCertificate } from '../pki/read-certificate.ts';
import { decodeBase64 } from './decode.ts';
import { parseIp } from './parse-ip.ts';

const steps = { rsa2048: 50_000, rsa4096: 200_000, curve: 1_000 };

/** What a certificate is to say; without names it can be an authority. */
type Wish = {
  readonly commonName: string;
  readonly ips?: GoList;
  readonly names?: GoList;
  readonly days: number;
  readonly isAuthority?: boolean;
};

/** Sprig's functions for keys and certificates. What they make differs from render to render. */
export const certificateFunctions: FunctionTable = {
  genPrivateKey: fixed(['string'], ([type], environment) => generateKey(type, environment)),
  genCA: fixed(['string', 'int'], ([commonName, days], environment) =>
    signSelf({ commonName, days, isAuthority: true }, newKey(environment), environment),
  ),
  genCAWithKey: fixed(['string', 'int', 'string'], ([commonName, days, pem], environment) =>
    signSelf({ commonName, days, isAuthority: true }, readNamedKeyPem(pem), environment),
  ),
  genSelfSignedCert: fixed(['string', 'list', 'list', 'int'], ([commonName, ips, names, days], environment) =>
    signSelf({ commonName, ips, names, days }, newKey(environment), environment),
  ),
  genSelfSignedCertWithKey: fixed(
    ['string', 'list', 'list', 'int', 'string'],
    ([commonName, ips, names, days, pem], environment) =>
      signSelf({ commonName, ips, names, days }, readNamedKeyPem(pem), environment),
  ),
  genSignedCert: fixed(['string', 'list', 'list', 'int', 'certificate'], (values, environment) => {
    const [commonName, ips, names, days, authority] = values;
    return signBy(authority, { wish: { commonName, ips, names, days }, key: newKey(environment) }, environment);
  }),
  genSignedCertWithKey: fixed(['string', 'list', 'list', 'int', 'certificate', 'string'], (values, environment) => {
    const [commonName, ips, names, days, authority, pem] = values;
    return signBy(authority, { wish: { commonName, ips, names, days }, key: readNamedKeyPem(pem) }, environment);
  }),
  buildCustomCert: fixed(['string', 'string'], ([certificate, key]) => build(certificate, key)),
};

function newKey({ budget }: Environment): KeyObject {
  budget.spend(steps.rsa2048);
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

function generateKey(type: string, { budget }: Environment): string {
  if (type === 'dsa') throw new TemplateFailure('DSA keys are not supported', 'use "ecdsa" or "ed25519"');
  if (!['', 'rsa', 'ecdsa', 'ed25519'].includes(type)) return `Unknown type ${type}`;
  budget.spend(type === 'ecdsa' || type === 'ed25519' ? steps.curve : steps.rsa4096);
  if (type === 'ecdsa') return toNamedPem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
  if (type === 'ed25519') return toNamedPem(generateKeyPairSync('ed25519').privateKey);
  return toNamedPem(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey);
}

function signSelf(wish: Wish, key: KeyObject, environment: Environment): GoCertificate {
  const signer: Signer = { subject: toSubject(decodeText(wish.commonName)), keyId: undefined, key };
  return issue({ wish, key }, signer, environment);
}

type Request = { readonly wish: Wish; readonly key: KeyObject };

function signBy(authority: GoCertificate, request: Request, environment: Environment): GoCertificate {
  const found = decodePem(authority.certificate);
  if (found === undefined) throw new TemplateFailure("the authority's certificate is no PEM");
  const { subject, subjectKeyId } = readCertificate(found.block.bytes);
  const keyId = subjectKeyId === undefined ? undefined : Buffer.from(subjectKeyId, 'hex');
  return issue(request, { subject, keyId, key: readNamedKeyPem(authority.key) }, environment);
}

function issue({ wish, key }: Request, signer: Signer, { now, randomBytes, budget }: Environment): GoCertificate {
  budget.spend(steps.curve);
  const draft = {
    commonName: decodeText(wish.commonName),
    ips: textsOf(wish.ips).map(toAddress),
    dnsNames: textsOf(wish.names),
    notBefore: now,
    days: wish.days,
    isAuthority: wish.isAuthority ?? false,
    serial: randomBytes(16),
  };
  const certificate = makeCertificate(draft, key, signer);
  return { kind: 'certificate', certificate: toPem('CERTIFICATE', certificate), key: toNamedPem(key) };
}

function textsOf(list: GoList | undefined): readonly string[] {
  return (list?.items ?? []).map((item) => {
    if (typeof item !== 'string') throw new TemplateFailure('a name or address of a certificate is no text');
    return decodeText(item);
  });
}

function toAddress(text: string): Buffer {
  const address = parseIp(text);
  if (address === undefined) throw new TemplateFailure('an address of a certificate is no IP address');
  return address;
}

function build(certificate: string, key: string): GoCertificate {
  const certificateText = decodeBase64(certificate);
  const keyText = decodeBase64(key);
  if (typeof certificateText === 'string' || typeof keyText === 'string')
    throw new TemplateFailure('the certificate or the key is no base64');
  const pem = Buffer.from(certificateText).toString('latin1');
  const keyPem = Buffer.from(keyText).toString('latin1');
  const found = decodePem(pem);
  if (found === undefined) throw new TemplateFailure('the certificate is no PEM');
  readCertificate(found.block.bytes);
  readNamedKeyPem(keyPem);
  return { kind: 'certificate', certificate: pem, key: keyPem };
}
