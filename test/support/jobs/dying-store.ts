import type { ObjectStore } from '../../../shared/ports.ts';

/** A store of a process that dies at one of its writes. */
export type DyingStore = {
  readonly store: ObjectStore;
  /** How many writes were begun. */
  readonly writes: () => number;
  readonly hasDied: () => boolean;
};

/** Where a process dies: at its write of that number, from 1, before it is made or after. */
export type Death = { readonly write: number; readonly when: 'before' | 'after' };

/** The same store, until the process dies: from then on nothing is read or written by it any more. */
export function dyingStore(store: ObjectStore, death: Death | undefined): DyingStore {
  let writes = 0;
  let hasDied = false;
  const refuseDead = (): void => {
    if (hasDied) throw new Error('the process has died');
  };
  const write = async <Result>(make: () => Promise<Result>): Promise<Result> => {
    refuseDead();
    writes += 1;
    const isLast = death?.write === writes;
    if (isLast && death.when === 'before') hasDied = true;
    refuseDead();
    const result = await make();
    if (isLast) hasDied = true;
    refuseDead();
    return result;
  };
  const read = async <Result>(make: () => Promise<Result>): Promise<Result> => {
    refuseDead();
    return make();
  };
  return {
    writes: () => writes,
    hasDied: () => hasDied,
    store: {
      get: (key) => read(() => store.get(key)),
      list: (prefix) => read(() => store.list(prefix)),
      entries: (prefix) => read(() => store.entries(prefix)),
      put: (key, body, condition) => write(() => store.put(key, body, condition)),
      delete: (key) => write(() => store.delete(key)),
    },
  };
}
