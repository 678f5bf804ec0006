import type { Json } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';
import { readAll, type Unreadable } from './read-all.ts';

/** The stores and generators that an application brings, for all applications on the same API server. */
export type PublishedStores = {
  readonly application: string;
  readonly server: string;
  readonly manifests: readonly Manifest[];
};

/** Publishes an application's stores in place of what it published before; none takes them away. Writes only what is news. */
export async function publishStores(store: ObjectStore, published: PublishedStores): Promise<void> {
  const key = keys.secretStores(published.application);
  if (published.manifests.length === 0) return store.delete(key);
  const body = encode('secret-stores', published as unknown as Json);
  const inPlace = await store.get(key);
  if (inPlace !== undefined && Buffer.from(inPlace.body).equals(Buffer.from(body))) return;
  await store.put(key, body);
}

/** All that is published; what cannot be read beside it. */
export async function loadPublishedStores(
  store: ObjectStore,
): Promise<{ readonly published: readonly PublishedStores[]; readonly unreadable: readonly Unreadable[] }> {
  const { found, unreadable } = await readAll(
    store,
    keys.allSecretStores,
    (stored, key) => decode('secret-stores', stored.body, key) as unknown as PublishedStores,
  );
  return { published: found, unreadable };
}
