import { describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { findSnapshot } from '../../../../shared/workflows/compare/find-snapshot.ts';
import { useFolderStores } from '../../../unit/state/folder-place.ts';
import { aSnapshot, snapshotOf } from '../../../unit/workflows/compare/a-snapshot.ts';

const openStore = useFolderStores();
const shaOf = (start: string): string => start.padEnd(40, '0');

const first = snapshotOf('20261102-080000-000', shaOf('3f2a1bc'));
const second = snapshotOf('20261103-080000-000', shaOf('77aa001'));
const third = snapshotOf('20261104-080000-000', shaOf('3f2a1bc'));
const charted = aSnapshot('20261105-080000-000-90abcde', {
  sources: [
    { repoURL: 'https://git.example/config.git', revision: shaOf('90abcde') },
    { repoURL: 'https://charts.example', chart: 'redis', revision: '1.4.2' },
  ],
});

async function storeWith(snapshots = [first, second, third, charted]): Promise<ObjectStore> {
  const store = await openStore();
  for (const snapshot of snapshots) await saveSnapshot(store, snapshot);
  return store;
}

/** Counts what is read. */
function counting(store: ObjectStore): { readonly store: ObjectStore; readonly read: readonly string[] } {
  const read: string[] = [];
  const get = async (key: string): ReturnType<ObjectStore['get']> => {
    read.push(key);
    return store.get(key);
  };
  return {
    store: {
      get,
      put: (...given) => store.put(...given),
      list: (prefix) => store.list(prefix),
      entries: (prefix) => store.entries(prefix),
      delete: (key) => store.delete(key),
    },
    read,
  };
}

describe('a snapshot', () => {
  it.each([
    ['its name', second.name, second],
    ['the beginning of its name', '20261103', second],
    ['its revision, the newest one', shaOf('3f2a1bc'), third],
    ['its short revision', '3f2a1bc', third],
    ['four characters of its revision', '3f2a', third],
    ['a revision in capitals', '77AA001', second],
    ['nine characters of its revision', '77aa00100', second],
    ['the version of its chart beside Git', '1.4.2', charted],
  ])('is found by %s', async (_by, asked, wanted) => {
    expect(await findSnapshot(await storeWith(), 'shop', asked)).toEqual(wanted);
  });

  it('is the only one that is read', async () => {
    const { store, read } = counting(await storeWith());
    await findSnapshot(store, 'shop', '77aa');
    expect(read).toEqual([keys.snapshot('shop', second.name)]);
  });

  it('is asked for more exactly when several can be meant, the newest first', async () => {
    await expect(findSnapshot(await storeWith(), 'shop', '2026110')).rejects.toMatchObject({
      code: 'snapshot-unknown',
      message: '"2026110" can mean 4 snapshots of shop',
      hint: `write more of the one that is meant: ${charted.name}, ${third.name}, ${second.name}, ${first.name}; plumb history shop shows them`,
    });
  });

  it('is not taken from another revision that begins alike', async () => {
    const asked = `3f2a1bc${'9'.repeat(33)}`;
    await expect(findSnapshot(await storeWith(), 'shop', asked)).rejects.toMatchObject({
      code: 'snapshot-unknown',
      message: `shop has no snapshot "${asked}"`,
    });
  });

  it('that is not there is told with those that are, ten at most', async () => {
    const many = Array.from({ length: 13 }, (_, hour) =>
      snapshotOf(`20261102-${String(hour + 1).padStart(2, '0')}0000-000`, shaOf(`a${hour}`)),
    );
    const store = await storeWith(many);
    await expect(findSnapshot(store, 'shop', 'nonsense')).rejects.toMatchObject({
      message: 'shop has no snapshot "nonsense"',
      hint: expect.stringMatching(
        /^there are 20261102-130000-000-a12\S+, .* and 3 more; plumb history shop shows them$/,
      ),
    });
    await expect(findSnapshot(store, 'shop', '')).rejects.toMatchObject({ message: 'shop has no snapshot ""' });
  });

  it('of an application that has none is told so', async () => {
    await expect(findSnapshot(await storeWith(), 'other', '3f2a')).rejects.toMatchObject({
      code: 'snapshot-unknown',
      message: 'other has no snapshots',
      hint: expect.stringContaining('plumb list shows what is known'),
    });
  });

  it('is found beside one that cannot be read; the unreadable one is an error of its own, and is counted', async () => {
    const store = await storeWith();
    await store.put(keys.snapshot('shop', first.name), new Uint8Array([1]));
    expect(await findSnapshot(store, 'shop', '1.4.2')).toEqual(charted);
    await expect(findSnapshot(store, 'shop', first.name)).rejects.toMatchObject({ code: 'store-corrupt' });
    await expect(findSnapshot(store, 'shop', '9.9.9')).rejects.toMatchObject({
      hint: expect.stringContaining('(1 could not be read)'),
    });
  });
});
