import { StoreError } from '../errors.ts';
import { type Json, jsonAt } from '../model/json.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';

const keyBytes = 32;

/** Keeps the operator's word on who may read which secrets, as it was written; absent: nobody. Writes only what is news. */
export async function saveOperatorSecrets(store: ObjectStore, text: string | undefined): Promise<void> {
  const key = keys.operatorSecrets;
  const before = await store.get(key);
  if (text === undefined) {
    if (before !== undefined) await store.delete(key);
    return;
  }
  const body = encode('secrets-config', { text });
  if (before !== undefined && Buffer.from(before.body).equals(Buffer.from(body))) return;
  await store.put(key, body);
}

/** The operator's word on who may read which secrets; undefined: there is none. */
export async function loadOperatorSecrets(store: ObjectStore): Promise<string | undefined> {
  const stored = await store.get(keys.operatorSecrets);
  return stored && String(jsonAt(decode('secrets-config', stored.body, keys.operatorSecrets), 'text'));
}

/** Makes the key that secrets are marked with, once. Whoever makes it need not be able to read it. */
export async function keepMarkKey(store: ObjectStore, randomBytes: (length: number) => Uint8Array): Promise<void> {
  const key = Buffer.from(randomBytes(keyBytes)).toString('base64');
  await store.put(keys.markKey, encode('mark-key', { key } as Json), 'absent');
}

/** The key that secrets are marked with; a StoreError while there is none. */
export async function loadMarkKey(store: ObjectStore): Promise<Uint8Array> {
  const stored = await store.get(keys.markKey);
  if (stored === undefined)
    throw new StoreError('store-unusable', `there is no ${keys.markKey} in the store yet`, {
      object: keys.markKey,
      hint: 'the function relay makes it within minutes of the deployment; look at its log if it does not',
      retryable: true,
    });
  return Buffer.from(String(jsonAt(decode('mark-key', stored.body, keys.markKey), 'key')), 'base64');
}
