import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Decrypter } from 'age-encryption';
import { type Json, jsonAt } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';

const readKey = (name: string): string => readFileSync(join(import.meta.dirname, 'keys', name), 'utf8');

/** What `kubeseal --recovery-unseal` finds under a key: with nothing of Plumbline in between. */
export function openSealed({ metadata, spec }: Manifest, key: string): string {
  const sealed = Buffer.from(textAt(spec, 'encryptedData', key), 'base64');
  const length = sealed.readUInt16BE(0);
  const sessionKey = privateDecrypt(
    {
      key: readKey('sealing-key.pem').replace(/^[\s\S]*?(?=-----BEGIN [A-Z ]*PRIVATE KEY)/, ''),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from(`${metadata.namespace}/${metadata.name}`),
    },
    sealed.subarray(2, 2 + length),
  );
  return decrypt(sealed.subarray(2 + length, -16), {
    key: sessionKey,
    nonce: Buffer.alloc(12),
    tag: sealed.subarray(-16),
  });
}

/** What `sops decrypt` finds under a key of `stringData`. */
export async function openEncrypted(manifest: Manifest, key: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(/^AGE-SECRET-KEY-.*$/m.exec(readKey('age.txt'))?.[0] ?? '');
  const dataKey = await decrypter.decrypt(armor.decode(textAt(manifest['sops'], 'age', 0, 'enc')));
  const text = textAt(manifest['stringData'], key);
  const [data, iv, tag] = [...text.matchAll(/(?:data|iv|tag):([^,]+)/g)].map(([, part = '']) =>
    Buffer.from(part, 'base64'),
  );
  if (data === undefined || iv === undefined || tag === undefined) throw new Error(`${key} is not encrypted by sops`);
  return decrypt(data, { key: Buffer.from(dataKey), nonce: iv, tag, bound: Buffer.from(`stringData:${key}:`) });
}

type Lock = { readonly key: Buffer; readonly nonce: Buffer; readonly tag: Buffer; readonly bound?: Buffer };

function decrypt(body: Buffer, { key, nonce, tag, bound = Buffer.alloc(0) }: Lock): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag).setAAD(bound);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString();
}

function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const text = jsonAt(value, ...path);
  if (typeof text !== 'string') throw new Error(`there is no text at ${path.join('.')}`);
  return text;
}
