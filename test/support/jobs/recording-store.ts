import type { ObjectStore } from '../../../shared/ports.ts';

/** A store that notes what it was asked. */
export type RecordingStore = {
  readonly store: ObjectStore;
  /** Such as `get heads/shop.json`, in order. */
  readonly calls: string[];
  /** The keys that were read, written or deleted. */
  of(method: 'get' | 'put' | 'delete' | 'list' | 'entries'): readonly string[];
  forget(): void;
};

/** The same store, with what it is asked noted. */
export function recordingStore(store: ObjectStore): RecordingStore {
  const calls: string[] = [];
  const note = (method: string, key: string): void => void calls.push(`${method} ${key}`);
  return {
    calls,
    of: (method) => calls.filter((call) => call.startsWith(`${method} `)).map((call) => call.slice(method.length + 1)),
    forget: () => void calls.splice(0),
    store: {
      get: (key) => {
        note('get', key);
        return store.get(key);
      },
      put: (key, body, condition) => {
        note('put', key);
        return store.put(key, body, condition);
      },
      list: (prefix) => {
        note('list', prefix);
        return store.list(prefix);
      },
      entries: (prefix) => {
        note('entries', prefix);
        return store.entries(prefix);
      },
      delete: (key) => {
        note('delete', key);
        return store.delete(key);
      },
    },
  };
}
