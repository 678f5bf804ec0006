import { SecretError } from '../../errors.ts';
import { parseManifests } from '../../model/yaml.ts';
import { isSealedSecret } from './parse-sealed-secret.ts';
import { type RandomBytes, resealValues } from './seal.ts';
import { nameOfSealed } from './sealed-secret.ts';
import type { SealingKey } from './sealing-key.ts';
import type { Unsealer } from './unseal.ts';

export type Resealing = {
  readonly keys: readonly SealingKey[];
  readonly unsealer: Unsealer;
  readonly randomBytes: RandomBytes;
};

export type ResealedText = { readonly text: string; readonly objects: number; readonly values: number };

/** A file with its SealedSecrets sealed anew under the newest key; all else in it stays as it is, comments too. */
export async function resealText(text: string, file: string, resealing: Resealing): Promise<ResealedText> {
  const sealed = parseManifests(text, file).filter(isSealedSecret);
  const replaced = new Map<string, string>();
  for (const manifest of sealed) {
    const values = await resealValues(manifest, resealing.keys, resealing);
    for (const [key, { before, after }] of values) {
      if (!text.includes(before)) throw overLines(nameOfSealed({ namespace: '', ...manifest.metadata }), key, file);
      if (before !== '') replaced.set(before, after);
    }
  }
  const resealed = [...replaced].reduce((current, [before, after]) => current.replaceAll(before, after), text);
  return { text: resealed, objects: sealed.length, values: replaced.size };
}

function overLines(object: string, key: string, file: string): SecretError {
  return new SecretError('secret-invalid', `${object} in ${file}: the value of ${key} is written over several lines`, {
    object,
    hint: 'put the ciphertext on one line, and try again',
  });
}
