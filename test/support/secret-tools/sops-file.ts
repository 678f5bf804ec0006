import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { armor, Encrypter } from 'age-encryption';
import type { Json, JsonObject } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';

const lastmodified = '2026-01-02T03:04:05Z';

type Seal = { readonly key: Uint8Array; readonly bound: string; readonly type?: string };

/** A value as sops encrypts it. */
function encryptText(text: string, { key, bound, type = 'str' }: Seal): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(bound));
  const data = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString('base64')},tag:${cipher.getAuthTag().toString('base64')},type:${type}]`;
}

/** A data key for an age recipient. */
export async function encryptForAge(key: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(key));
}

export type SopsFile = { readonly dataKey: Uint8Array; readonly block: JsonObject };

/** A manifest with `data` and `stringData` encrypted, as sops does it with `encrypted_regex`. */
export function encryptManifest(manifest: Manifest, { dataKey, block }: SopsFile): Manifest {
  const hash = createHash('sha512');
  const encrypt = (value: Json, path: readonly string[]): Json => {
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value as JsonObject).map(([key, member]) => [key, encrypt(member ?? null, [...path, key])]),
      );
    const type = typeof value === 'number' ? 'int' : 'str';
    hash.update(String(value));
    const isSecret = path.some((key) => /^(data|stringData)$/.test(key));
    return isSecret
      ? encryptText(String(value), { key: dataKey, bound: path.map((key) => `${key}:`).join(''), type })
      : value;
  };
  const encrypted = encrypt(manifest, []) as Manifest;
  const mac = encryptText(hash.digest('hex').toUpperCase(), { key: dataKey, bound: lastmodified });
  return {
    ...encrypted,
    sops: { ...block, encrypted_regex: '^(data|stringData)$', lastmodified, mac, version: '3.13.3' },
  };
}
