import {
  constants,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { decodeText, fromBytes, toBytes } from '../go/utf8.ts';
import { toTypedList } from '../go/value.ts';
import { isRoot, orderChain, toCertificatePem } from '../pki/chain.ts';
import { decodeAllPem, decodePem, encodePem, toPem } from '../pki/pem.ts';
import { readArchive } from '../pki/pkcs12-read.ts';
import { writeArchive } from '../pki/pkcs12-write.ts';
import { readPrivateKey, readPrivateKeyPem, toPkcs8Pem } from '../pki/private-key.ts';
import { type Certificate, readCertificate } from '../pki/read-certificate.ts';

const archiveSteps = 5_000;

/** The functions for keys, certificates and archives that External Secrets adds to sprig. */
export const externalPkiFunctions: FunctionTable = {
  pkcs12key: fixed(['string'], ([archive], environment) => keyOf(archive, '', environment)),
  pkcs12keyPass: fixed(['string', 'string'], ([password, archive], environment) =>
    keyOf(archive, password, environment),
  ),
  pkcs12cert: fixed(['string'], ([archive], environment) => certificatesOf(archive, '', environment)),
  pkcs12certPass: fixed(['string', 'string'], ([password, archive], environment) =>
    certificatesOf(archive, password, environment),
  ),
  pemToPkcs12: fixed(['string', 'string'], ([pem, key], environment) =>
    toArchive({ certificates: [firstOf(pem)], key, password: '' }, environment),
  ),
  pemToPkcs12Pass: fixed(['string', 'string', 'string'], ([pem, key, password], environment) =>
    toArchive({ certificates: [firstOf(pem)], key, password }, environment),
  ),
  fullPemToPkcs12: fixed(['string', 'string'], ([pem, key], environment) =>
    toArchive({ certificates: allOf(pem), key, password: '' }, environment),
  ),
  fullPemToPkcs12Pass: fixed(['string', 'string', 'string'], ([pem, key, password], environment) =>
    toArchive({ certificates: allOf(pem), key, password }, environment),
  ),
  pemTruststoreToPKCS12: fixed(['string'], ([pem], environment) =>
    toArchive({ certificates: allOf(pem), key: undefined, password: '' }, environment),
  ),
  pemTruststoreToPKCS12Pass: fixed(['string', 'string'], ([pem, password], environment) =>
    toArchive({ certificates: allOf(pem), key: undefined, password }, environment),
  ),
  filterPEM: fixed(['string', 'string'], ([type, text]) => filterPem(type, text)),
  filterCertChain: fixed(['string', 'string'], ([type, pem]) => filterChain(type, pem)),
  certSANs: fixed(['string'], ([text]) => {
    const found = decodePem(trimJunk(text));
    if (found === undefined) throw new TemplateFailure('it is given a text that has no PEM block');
    const { dns, ips, emails, uris } = readCertificate(found.block.bytes).names;
    return toTypedList('string', [...dns, ...ips, ...emails, ...uris]);
  }),
  jwkPublicKeyPem: fixed(['string'], ([text]) => {
    const jwk = readJwk(text);
    if (jwk.d !== undefined) throw new TemplateFailure('it is given a private key', 'use jwkPrivateKeyPem');
    return toPem(
      'PUBLIC KEY',
      readKey(() => createPublicKey({ key: jwk, format: 'jwk' })).export({ type: 'spki', format: 'der' }),
    );
  }),
  jwkPrivateKeyPem: fixed(['string'], ([text]) => {
    const jwk = readJwk(text);
    return toPkcs8Pem(readKey(() => createPrivateKey({ key: jwk, format: 'jwk' })));
  }),
  rsaDecrypt: fixed(['string', 'string', 'string', 'string'], ([scheme, hash, text, key], { budget }) => {
    if (scheme === 'None') return text;
    if (scheme !== 'RSA-OAEP') throw new TemplateFailure('it knows the schemes None and RSA-OAEP only');
    budget.spend(1_000);
    return decryptRsa(text, readPrivateKeyPem(key), hash);
  }),
};

function keyOf(archive: string, password: string, { budget }: Environment): string {
  budget.spend(archiveSteps);
  return toPkcs8Pem(readPrivateKey(readArchive(archive, decodeText(password)).key));
}

/** From leaf to root where that is one chain, else in the archive's order. */
function certificatesOf(archive: string, password: string, { budget }: Environment): string {
  budget.spend(archiveSteps);
  const pem = readArchive(archive, decodeText(password)).certificates.map(toCertificatePem).join('');
  try {
    return orderChain(pem).map(toCertificatePem).join('');
  } catch {
    return pem;
  }
}

function firstOf(pem: string): Certificate {
  const found = decodePem(pem);
  if (found === undefined) throw new TemplateFailure('it is given a text that has no PEM block for the certificate');
  return readCertificate(found.block.bytes);
}

/** Text that is no PEM block, behind the last one too, is refused. */
function allOf(pem: string): readonly Certificate[] {
  const certificates: Certificate[] = [];
  for (let rest = pem; rest !== ''; ) {
    const found = decodePem(rest);
    if (found === undefined) throw new TemplateFailure('it is given a text with something else than PEM certificates');
    certificates.push(readCertificate(found.block.bytes));
    rest = found.rest;
  }
  return certificates;
}

type Draft = {
  readonly certificates: readonly Certificate[];
  readonly key: string | undefined;
  readonly password: string;
};

function toArchive({ certificates, key, password }: Draft, { budget, randomBytes }: Environment): string {
  budget.spend(archiveSteps);
  const privateKey = key === undefined ? undefined : readPrivateKeyPem(key);
  const draft = { certificates, key: privateKey, password: decodeText(password), randomBytes };
  return writeArchive(draft).toString('base64');
}

/** What stands before the first block does not count. */
function trimJunk(text: string): string {
  const start = text.indexOf('-----BEGIN');
  return start < 0 ? text : text.slice(start);
}

function filterPem(type: string, text: string): string {
  const wanted = type.toLowerCase();
  const input = trimJunk(text);
  const kept = decodeAllPem(input).filter((block) => block.type.toLowerCase() === wanted);
  if (kept.length === 0 && restBehind(input) !== '')
    throw new TemplateFailure('there is no block of that type, but other text', 'look at what the store holds');
  return kept.map(encodePem).join('');
}

function restBehind(text: string): string {
  let rest = text;
  for (let found = decodePem(rest); found !== undefined; found = decodePem(rest)) rest = found.rest;
  return rest;
}

function filterChain(type: string, pem: string): string {
  const chain = orderChain(pem);
  const [leaf, ...others] = chain;
  const last = chain.at(-1);
  if (leaf === undefined || last === undefined) return '';
  if (type === 'leaf') return isRoot(leaf) ? '' : toCertificatePem(leaf);
  if (type === 'root') return isRoot(last) ? toCertificatePem(last) : '';
  if (type !== 'intermediate') return '';
  const root = others.findIndex(isRoot);
  return others
    .slice(0, root < 0 ? others.length : root)
    .map(toCertificatePem)
    .join('');
}

function readJwk(text: string): JsonWebKey {
  try {
    const parsed: unknown = JSON.parse(decodeText(text));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonWebKey;
  } catch {
    // The parser's words quote the text; the failure below says enough.
  }
  throw new TemplateFailure('it is given a text that is no JWK');
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new TemplateFailure('it is given a JWK that is no such key', 'RSA, EC and OKP keys can be written as PEM');
  }
}

function decryptRsa(text: string, key: KeyObject, hash: string): string {
  const oaepHash = hash === 'SHA1' ? 'sha1' : hash === 'SHA512' ? 'sha512' : 'sha256';
  try {
    return fromBytes(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, toBytes(text)));
  } catch {
    throw new TemplateFailure(
      'the text cannot be decrypted with that key',
      'check key and hash, and decode the text before',
    );
  }
}
