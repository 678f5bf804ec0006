import type { Announced } from '../model/announced.ts';
import type { Json } from '../model/json.ts';
import type { ObjectStore } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** What was last announced of an application; undefined: nothing. */
export async function loadAnnounced(store: ObjectStore, application: string): Promise<Announced | undefined> {
  const key = keys.announced(application);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const announced = decode('announced', stored.body, key) as unknown as Announced;
  if (announced.application !== application) throw corrupt(key, `it is of ${announced.application}`);
  return announced;
}

/** Remembers what was announced. Who is faster or slower does not matter: an event too many is a repeat. */
export async function saveAnnounced(store: ObjectStore, announced: Announced): Promise<void> {
  await store.put(keys.announced(announced.application), encode('announced', announced as unknown as Json));
}
