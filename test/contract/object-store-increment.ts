import type { ObjectStore } from '../../shared/ports.ts';

/** Adds one to a number in the store, the given number of times, by compare-and-swap. */
export async function incrementTimes(store: ObjectStore, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const current = await store.get(key);
    if (current === undefined) throw new Error(`${key} is not there`);
    const next = new TextEncoder().encode(`${Number(new TextDecoder().decode(current.body)) + 1}`);
    const result = await store.put(key, next, { etag: current.etag });
    if (result.won) done += 1;
  }
}
