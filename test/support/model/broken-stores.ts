import type { Head } from '../../../shared/model/head.ts';
import type { Json } from '../../../shared/model/json.ts';
import type { ObjectStore, StoredObject } from '../../../shared/ports.ts';
import { decode, encode } from '../../../shared/state/codec.ts';

const isHead = (key: string): boolean => key.startsWith('heads/');

/** Heads are written whatever is there. */
export function lastWordWins(store: ObjectStore): ObjectStore {
  return {
    ...delegating(store),
    put: (key, body, condition) => store.put(key, body, isHead(key) ? undefined : condition),
  };
}

/** Every third read of a head gives the one before the last, under the etag of the last. */
export function staleReads(store: ObjectStore): ObjectStore {
  let before: StoredObject | undefined;
  let last: StoredObject | undefined;
  let reads = 0;
  return {
    ...delegating(store),
    get: async (key) => {
      const current = await store.get(key);
      if (!isHead(key) || current === undefined) return current;
      if (current.etag !== last?.etag) [before, last] = [last, current];
      reads += 1;
      return reads % 3 === 0 && before !== undefined ? { ...before, etag: current.etag } : current;
    },
  };
}

/** The pin does not reach the store when a running operation is saved. */
export function forgettingPins(store: ObjectStore): ObjectStore {
  return {
    ...delegating(store),
    put: (key, body, condition) => store.put(key, isHead(key) ? withoutPin(body, key) : body, condition),
  };
}

function withoutPin(body: Uint8Array, key: string): Uint8Array {
  const { pin, ...head } = decode('head', body, key) as unknown as Head;
  return head.operation?.phase === 'Running' ? encode('head', head as unknown as Json) : body;
}

function delegating(store: ObjectStore): ObjectStore {
  return {
    get: (key) => store.get(key),
    put: (key, body, condition) => store.put(key, body, condition),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    delete: (key) => store.delete(key),
  };
}
