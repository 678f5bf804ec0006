import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encode } from '../../../shared/state/codec.ts';
import { keys } from '../../../shared/state/keys.ts';
import {
  listSnapshotKeys,
  listSnapshots,
  loadSnapshot,
  loadSnapshotAt,
  saveSnapshot,
} from '../../../shared/state/snapshots.ts';
import { aSnapshot } from '../../support/snapshots.ts';
import { useFolderStores } from '../../unit/state/folder-place.ts';

const openStore = useFolderStores();
const snapshot = aSnapshot();
const key = keys.snapshot('shop', snapshot.name);

type Damage = { readonly what: string; readonly code: string; readonly damage: (packed: Buffer) => Uint8Array };
const text = (packed: Buffer): string => gunzipSync(packed).toString();
const edited = (packed: Buffer, from: string, to: string): Uint8Array => gzipSync(text(packed).replace(from, to));

const damages: readonly Damage[] = [
  { what: 'empty', code: 'store-corrupt', damage: () => Buffer.alloc(0) },
  { what: 'cut short', code: 'store-corrupt', damage: (packed) => packed.subarray(0, -9) },
  {
    what: 'cut short before it was packed',
    code: 'store-corrupt',
    damage: (packed) => gzipSync(text(packed).slice(0, -9)),
  },
  { what: 'not packed', code: 'store-corrupt', damage: (packed) => Buffer.from(text(packed)) },
  { what: 'edited', code: 'store-corrupt', damage: (packed) => edited(packed, '"Succeeded"', '"Failed"') },
  { what: 'of another kind', code: 'store-corrupt', damage: () => gzipSync(encode('head', { application: 'shop' })) },
  { what: 'of a newer format', code: 'store-newer', damage: (packed) => edited(packed, '"format":1', '"format":2') },
];

describe('snapshots', () => {
  it('come back as they were saved', async () => {
    const store = await openStore();
    expect(await loadSnapshot(store, 'shop', snapshot.name)).toBeUndefined();
    await saveSnapshot(store, snapshot);
    expect(await loadSnapshot(store, 'shop', snapshot.name)).toEqual(snapshot);
    expect(await loadSnapshotAt(store, key)).toEqual(snapshot);
    expect(await loadSnapshot(store, 'other', snapshot.name)).toBeUndefined();
  });

  it('are written once: a second one of the name changes nothing', async () => {
    const store = await openStore();
    await saveSnapshot(store, snapshot);
    await saveSnapshot(store, { ...snapshot, outcome: 'Failed' });
    expect(await loadSnapshot(store, 'shop', snapshot.name)).toEqual(snapshot);
  });

  it('are listed by application, oldest first', async () => {
    const store = await openStore();
    const later = aSnapshot({ at: '2026-01-03T00:00:00.000Z' });
    const others = aSnapshot({ of: 'shop-two' });
    for (const each of [later, snapshot, others]) await saveSnapshot(store, each);
    expect(await listSnapshots(store, 'shop')).toEqual({ snapshots: [snapshot, later], unreadable: [] });
    expect(await listSnapshotKeys(store)).toEqual([
      keys.snapshot('shop-two', others.name),
      key,
      keys.snapshot('shop', later.name),
    ]);
  });

  it.each(damages)('are refused when $what, and stay as they are', async ({ code, damage }) => {
    const store = await openStore();
    await saveSnapshot(store, snapshot);
    const written = Buffer.from((await store.get(key))?.body ?? []);
    const damaged = damage(written);
    await store.put(key, damaged);
    const refusal = expect.objectContaining({ code, object: key, message: expect.stringContaining(key) });
    await expect(loadSnapshot(store, 'shop', snapshot.name)).rejects.toEqual(refusal);
    await expect(loadSnapshotAt(store, key)).rejects.toEqual(refusal);
    expect(await listSnapshots(store, 'shop')).toEqual({ snapshots: [], unreadable: [{ key, error: refusal }] });
    expect(Buffer.from((await store.get(key))?.body ?? [])).toEqual(Buffer.from(damaged));
  });

  it('are refused wherever one bit of the text was flipped', async () => {
    const store = await openStore();
    await saveSnapshot(store, snapshot);
    const written = gunzipSync((await store.get(key))?.body ?? new Uint8Array());
    for (let index = 0; index < written.length; index += 17) {
      const flipped = Buffer.from(written);
      flipped[index] = (flipped[index] ?? 0) ^ 4;
      await store.put(key, gzipSync(flipped, { level: 1 }));
      await expect(loadSnapshotAt(store, key)).rejects.toMatchObject({ code: expect.stringMatching(/^store-/) });
    }
  });

  it('are refused under the name of another application, and of another time', async () => {
    const store = await openStore();
    await saveSnapshot(store, snapshot);
    const body = (await store.get(key))?.body ?? new Uint8Array();
    await store.put(keys.snapshot('other', snapshot.name), body);
    await store.put(keys.snapshot('shop', 'later'), body);
    await expect(loadSnapshot(store, 'other', snapshot.name)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(`it is the snapshot ${snapshot.name} of shop`),
    });
    await expect(loadSnapshot(store, 'shop', 'later')).rejects.toMatchObject({ code: 'store-corrupt' });
  });
});
