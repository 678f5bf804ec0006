import { createPrivateKey, type KeyObject } from 'node:crypto';
import { TemplateFailure } from '../go/failure.ts';
import { decodePem, toPem } from './pem.ts';

/** A private key of DER, in whichever of the three usual forms it is. */
export function readPrivateKey(bytes: Buffer): KeyObject {
  for (const type of ['pkcs1', 'pkcs8', 'sec1'] as const) {
    const key = tryRead(bytes, type);
    if (key !== undefined) return key;
  }
  throw new TemplateFailure(
    'it is given bytes that are no private key',
    'RSA, EC and Ed25519 keys in PKCS#1, PKCS#8 or SEC 1 can be read',
  );
}

function tryRead(key: Buffer, type: 'pkcs1' | 'pkcs8' | 'sec1'): KeyObject | undefined {
  try {
    return createPrivateKey({ key, format: 'der', type });
  } catch {
    return undefined;
  }
}

/** The private key of a PEM text. */
export function readPrivateKeyPem(text: string): KeyObject {
  const found = decodePem(text);
  if (found === undefined) throw new TemplateFailure('it is given a text that has no PEM block for the private key');
  return readPrivateKey(found.block.bytes);
}

/** The private key of a PEM text, whose form the block's type must name, as sprig wants it. */
export function readNamedKeyPem(text: string): KeyObject {
  const block = decodePem(text)?.block;
  const forms = { 'PRIVATE KEY': 'pkcs8', 'RSA PRIVATE KEY': 'pkcs1', 'EC PRIVATE KEY': 'sec1' } as const;
  const form =
    block !== undefined && Object.hasOwn(forms, block.type) ? forms[block.type as keyof typeof forms] : undefined;
  const key = block === undefined || form === undefined ? undefined : tryRead(block.bytes, form);
  if (key === undefined) throw new TemplateFailure('it is given a text that is no private key in PEM');
  return key;
}

/** PKCS#8 in PEM. */
export function toPkcs8Pem(key: KeyObject): string {
  return toPem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' }));
}

/** The form that sprig writes a key in: each algorithm has its own. */
export function toNamedPem(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return toPem('RSA PRIVATE KEY', key.export({ type: 'pkcs1', format: 'der' }));
  if (key.asymmetricKeyType === 'ec') return toPem('EC PRIVATE KEY', key.export({ type: 'sec1', format: 'der' }));
  return toPkcs8Pem(key);
}
