import { revealSecret } from '../../model/secret-value.ts';
import type { KeyFile } from '../../secret-ports.ts';
import { readKeyFile } from './read-key-file.ts';
import type { SealingKey } from './sealing-key.ts';
import { parseSealingKeys } from './sealing-keys.ts';

/** A key file that holds what belongs together, and the keys in it. */
export type KeyPart = { readonly file: KeyFile; readonly keys: readonly SealingKey[] };

/** Makes a file of each Secret of a List, named after its key; PEM stays as it is. A retired key stays retired. */
export function divideKeyFile(
  { name, content }: KeyFile,
  conceal: (bytes: Uint8Array) => KeyFile['content'],
): readonly KeyPart[] {
  return readKeyFile(name, Buffer.from(revealSecret(content)).toString('utf8')).map(({ text, isRetired }) => {
    const concealed = conceal(Buffer.from(isRetired ? retiredSecret(text) : text));
    const keys = parseSealingKeys([{ name, content: concealed }]);
    const ending = isRetired ? 'json' : 'pem';
    return { keys, file: { name: `sealing-key-${keys[0]?.id.slice(0, 12)}.${ending}`, content: concealed } };
  });
}

function retiredSecret(pem: string): string {
  const at = pem.search(/-----BEGIN [A-Z ]*PRIVATE KEY/);
  const data = { 'tls.crt': toBase64(pem.slice(0, at)), 'tls.key': toBase64(pem.slice(at)) };
  const labels = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'retired' };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { labels }, type: 'kubernetes.io/tls', data });
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
