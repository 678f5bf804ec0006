import type { ObjectStore } from '../../ports.ts';
import { keys } from '../../state/keys.ts';

/** A store that tells when what applications of applications declare was written or removed. */
export function watchRegistry(store: ObjectStore, onChange: () => void): ObjectStore {
  const tell = (key: string): void => {
    if (key.startsWith(keys.registry)) onChange();
  };
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    put: async (key, body, condition) => {
      const written = await store.put(key, body, condition);
      if (written.won) tell(key);
      return written;
    },
    delete: async (key) => {
      await store.delete(key);
      tell(key);
    },
  };
}
