import { describe, expect, it } from '@jest/globals';
import { newHead } from '../../../../shared/model/head.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { saveHead } from '../../../../shared/state/heads.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { type Found, findRestorables, type Search } from '../../../../shared/workflows/restore/find-restorables.ts';
import { aHeadOf, aSnapshot } from '../../../support/snapshots.ts';
import { useFolderStores } from '../../state/folder-place.ts';

const openStore = useFolderStores();
const find = (store: ObjectStore, search: Partial<Search> = {}): Promise<Found> =>
  findRestorables(
    { isHome: (_application, cluster) => cluster === 'prod', isAsked: () => true, kept: new Map(), ...search },
    store,
  );

const snapshot = aSnapshot();
const [owned] = snapshot.inventory;
const { deployed } = aHeadOf([snapshot]);

/** `shop` with a snapshot, and heads without: of one that is deployed, of one that is half there, and of two that are neither. */
async function aStore(): Promise<ObjectStore> {
  const store = await openStore();
  await saveSnapshot(store, snapshot);
  await saveHead(store, aHeadOf([snapshot]), 'absent');
  const bare = (name: string, cluster = 'prod') => newHead(name, 'default', cluster);
  if (owned === undefined || deployed === undefined) throw new Error('nothing is deployed');
  await saveHead(store, { ...bare('older'), deployed, inventory: [owned] }, 'absent');
  await saveHead(store, { ...bare('half'), inventory: [owned] }, 'absent');
  await saveHead(store, bare('never-synced'), 'absent');
  await saveHead(store, { ...bare('elsewhere', 'dev'), deployed, inventory: [owned] }, 'absent');
  return store;
}

describe('An application of the cluster without any snapshot', () => {
  it('is told: blocked where it is deployed, left out where it never was, and no other is kept from its restore', async () => {
    const found = await find(await aStore());
    expect(found.restorables.map(({ name }) => name)).toEqual(['shop']);
    expect(found.blocked).toEqual([
      { application: 'older', reason: 'it has no snapshot: plumb sync older makes one of what Git says' },
    ]);
    expect(found.leftOut).toEqual([{ application: 'half', reason: 'it was never deployed whole' }]);
    expect(found.homes).toEqual([
      { cluster: 'dev', servers: [], applications: 1 },
      { cluster: 'prod', servers: [], applications: 3 },
    ]);
  });

  it('is left out of a restore to a time', async () => {
    const { blocked, leftOut } = await find(await aStore(), { at: Date.parse('2026-06-01T00:00:00Z') });
    expect(blocked).toEqual([]);
    expect(leftOut).toEqual(
      ['half', 'older'].map((application) => ({ application, reason: 'it has no snapshot that old' })),
    );
  });

  it('is nobody’s concern when others are asked for', async () => {
    const { blocked, leftOut } = await find(await aStore(), { isAsked: (application) => application === 'shop' });
    expect([blocked, leftOut]).toEqual([[], []]);
  });

  it('is blocked when its head cannot be read, for nobody knows its cluster', async () => {
    const store = await aStore();
    await store.put(keys.head('older'), Buffer.from('damaged'));
    expect((await find(store)).blocked).toEqual([
      { application: 'older', reason: expect.stringContaining('heads/older.json in the store cannot be used') },
    ]);
  });
});
