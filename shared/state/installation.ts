import { StoreError } from '../errors.ts';
import type { Installation } from '../model/installation.ts';
import type { Json } from '../model/json.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** Whose store this is; undefined: that of no installation, such as a laptop's. */
export async function loadInstallation(store: ObjectStore): Promise<Installation | undefined> {
  const stored = await store.get(keys.installation);
  return stored && (decode('installation', stored.body, keys.installation) as unknown as Installation);
}

/** Says whose store this is, if that is news; a StoreError `store-foreign` where it is another installation's. */
export async function saveInstallation(store: ObjectStore, installation: Installation): Promise<void> {
  const before = await store.get(keys.installation);
  if (before !== undefined) {
    const known = decode('installation', before.body, keys.installation) as unknown as Installation;
    refuseForeign(known, installation.id);
    if (JSON.stringify(known) === JSON.stringify(installation)) return;
  }
  const body = encode('installation', installation as unknown as Json);
  const { won } = await store.put(keys.installation, body, before === undefined ? 'absent' : { etag: before.etag });
  // Another installation may have been faster.
  if (!won) refuseForeign(await loadInstallation(store), installation.id);
}

/** A StoreError `store-foreign` where the store is another installation's: two that shared one would undo each other's work. */
export function refuseForeign(found: Installation | undefined, own: string): void {
  if (found === undefined || found.id === own) return;
  throw new StoreError('store-foreign', `the store belongs to installation ${found.id}, and this is ${own}`, {
    object: keys.installation,
    hint: `give ${own} a bucket of its own; or, if ${found.id} is gone for good and its clusters are to be taken over, delete ${keys.installation} from the bucket`,
  });
}
