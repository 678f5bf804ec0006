import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../../../shared/ports.ts';

/** Which write is lost: the one of that number, from 1, of a key with that prefix. */
export type Forgotten = { readonly prefix: string; readonly write: number };

/**
 * A broken store that claims to have made a write and has not. Until the next write of the key it reads its claim back, so
 * that the process that wrote it notices nothing.
 */
export function forgetfulStore(store: ObjectStore, { prefix, write }: Forgotten): ObjectStore {
  let writes = 0;
  let claimed: (StoredObject & { readonly key: string; readonly before: StoredObject | undefined }) | undefined;
  return {
    list: (wanted) => store.list(wanted),
    entries: (wanted) => store.entries(wanted),
    delete: (key) => store.delete(key),
    get: async (key) => (key === claimed?.key ? claimed : store.get(key)),
    put: async (key, body, condition) => {
      if (key.startsWith(prefix)) writes += 1;
      if (key.startsWith(prefix) && writes === write) {
        claimed = { key, body, etag: createHash('sha256').update(body).digest('hex'), before: await store.get(key) };
        return { won: true, etag: claimed.etag };
      }
      if (key !== claimed?.key) return store.put(key, body, condition);
      const { before } = claimed;
      claimed = undefined;
      return store.put(key, body, before === undefined ? 'absent' : { etag: before.etag });
    },
  };
}
