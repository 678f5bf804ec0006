import type { ObjectStore } from '../../../shared/ports.ts';

/** The same store, with something done before each call; calls are counted from 1. What it throws is the call's error. */
export function watchedStore(store: ObjectStore, before: (call: number) => Promise<void> | void): ObjectStore {
  let calls = 0;
  const counted = async <Result>(make: () => Promise<Result>): Promise<Result> => {
    calls += 1;
    await before(calls);
    return await make();
  };
  return {
    get: (key) => counted(() => store.get(key)),
    put: (key, body, condition) => counted(() => store.put(key, body, condition)),
    list: (prefix) => counted(() => store.list(prefix)),
    entries: (prefix) => counted(() => store.entries(prefix)),
    delete: (key) => counted(() => store.delete(key)),
  };
}
