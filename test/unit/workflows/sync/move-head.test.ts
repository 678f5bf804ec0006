import { describe, expect, it } from '@jest/globals';
import type { Head } from '../../../../shared/model/head.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { moveHead } from '../../../../shared/workflows/sync/move-head.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';
import { aHeadOf, aSnapshot } from '../../../support/snapshots.ts';

const before = aHeadOf([aSnapshot()]);

/** A store in which somebody else moves the head before each of the first saves, and its head at any time. */
async function contested(races: number): Promise<{ readonly store: ObjectStore; readonly read: () => Promise<Head> }> {
  const store = new MemoryStore();
  await saveHead(store, before, 'absent');
  let left = races;
  const read = async (): Promise<Head> => (await loadHead(store, 'shop'))?.head ?? before;
  const put: ObjectStore['put'] = async (...given) => {
    const loaded = await loadHead(store, 'shop');
    if (left > 0 && loaded !== undefined) {
      left -= 1;
      await saveHead(store, { ...loaded.head, checkedAt: `look ${left}` }, loaded.etag);
    }
    return store.put(...given);
  };
  const list: ObjectStore['list'] = (prefix) => store.list(prefix);
  const entries: ObjectStore['entries'] = (prefix) => store.entries(prefix);
  return { store: { get: (key) => store.get(key), list, entries, delete: (key) => store.delete(key), put }, read };
}

const rename = (head: Head): Head => ({ ...head, parent: 'all' });

describe('A change of a head that others move too', () => {
  it.each([0, 1, 19])('is made to what they have saved, after %d lost races', async (races) => {
    const { store, read } = await contested(races);
    const moved = await moveHead('shop', { store }, rename);
    expect(moved).toEqual({ ...before, parent: 'all', ...(races === 0 ? {} : { checkedAt: 'look 0' }) });
    expect(await read()).toEqual(moved);
  });

  it('is given up after twenty, with nothing changed, and that is told', async () => {
    const { store, read } = await contested(20);
    expect(await failureOf(moveHead('shop', { store }, rename))).toMatchObject({
      code: 'sync-locked',
      retryable: true,
    });
    expect((await read()).parent).toBeUndefined();
  });

  it('is not saved when it is refused', async () => {
    const { store, read } = await contested(0);
    const refuse = (): Head => {
      throw new Error('not any more');
    };
    await expect(moveHead('shop', { store }, refuse)).rejects.toThrow('not any more');
    expect(await read()).toEqual(before);
  });

  it('needs one', async () => {
    expect(await failureOf(moveHead('shop', { store: new MemoryStore() }, rename))).toMatchObject({ code: 'usage' });
  });
});
