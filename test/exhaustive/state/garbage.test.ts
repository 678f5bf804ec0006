import { describe, expect, it } from '@jest/globals';
import type { Clock, ObjectStore } from '../../../shared/ports.ts';
import {
  deleteCopy,
  isDue,
  listGarbage,
  moveToGarbage,
  putBack,
  readKept,
  standardGraceMs,
} from '../../../shared/state/garbage.ts';
import { keys } from '../../../shared/state/keys.ts';
import { loadRender, saveRender } from '../../../shared/state/renders.ts';
import { loadSnapshot, saveSnapshot } from '../../../shared/state/snapshots.ts';
import { watchedStore } from '../../support/faults/watched-store.ts';
import { aRenderOf, aSnapshot } from '../../support/snapshots.ts';
import { useFolderStores } from '../../unit/state/folder-place.ts';

const openStore = useFolderStores();
const hour = 60 * 60 * 1000;
const start = Date.parse('2026-01-02T03:04:05.006Z');
const render = aRenderOf('1');
const key = keys.render('team', render.digest);
const copyAt = (stamp: string): string => `garbage/renders/team/${render.digest}/${stamp}.json.gz`;

const clockAt = (ms: number): Clock => ({ now: () => new Date(ms), sleep: async () => {} });

async function move(store: ObjectStore, at: number): Promise<boolean> {
  const known = { copies: await listGarbage(store), graceMs: standardGraceMs };
  return moveToGarbage(key, known, { store, clock: clockAt(at) });
}

async function openWithRender(): Promise<ObjectStore> {
  const store = await openStore();
  await saveRender(store, 'team', render);
  return store;
}

describe('garbage', () => {
  it('holds what was moved there, under the time', async () => {
    const store = await openWithRender();
    expect(await move(store, start)).toBe(true);
    expect(await store.list('')).toEqual([copyAt('20260102-030405-006')]);
    expect(await listGarbage(store)).toEqual([{ key: copyAt('20260102-030405-006'), of: key, at: start }]);
    expect(await move(store, start + hour)).toBe(true);
    expect(await store.list('')).toEqual([copyAt('20260102-030405-006')]);
  });

  it('passes over what plumb did not put there', async () => {
    const store = await openStore();
    const strange = [
      'garbage/x',
      copyAt('tomorrow'),
      copyAt('20261399-999999-999'),
      'garbage/heads/a/20260102-030405-006.json.gz',
    ];
    for (const each of strange) await store.put(each, Buffer.from('x'));
    expect(await listGarbage(store)).toEqual([]);
  });

  it('is due a grace period after its time, and never before, whatever the clock says', () => {
    const due = (at: number, now: number): boolean => isDue({ key: '', of: '', at }, now, standardGraceMs);
    expect([due(start, start + 24 * hour), due(start, start + 23 * hour), due(start, start)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(due(start + 99 * hour, start)).toBe(false);
  });

  it('is read as if it were in its place, and goes back there', async () => {
    const store = await openWithRender();
    await move(store, start);
    expect(await loadRender(store, 'team', render.digest)).toEqual(render);
    expect(await store.list(keys.renders)).toEqual([key]);
    expect(await loadRender(store, 'other', render.digest)).toBeUndefined();
  });

  it('gives back a snapshot too', async () => {
    const store = await openStore();
    const snapshot = aSnapshot();
    await saveSnapshot(store, snapshot);
    const place = keys.snapshot('shop', snapshot.name);
    await moveToGarbage(place, { copies: [], graceMs: hour }, { store, clock: clockAt(start) });
    expect(await store.list(keys.snapshots)).toEqual([]);
    expect(await loadSnapshot(store, 'shop', snapshot.name)).toEqual(snapshot);
    expect(await store.list(keys.snapshots)).toEqual([place]);
  });

  it('is checked when it is read, and a damaged copy does not go back', async () => {
    const store = await openWithRender();
    await move(store, start);
    await store.put(copyAt('20260102-030405-006'), Buffer.from('x'));
    await expect(loadRender(store, 'team', render.digest)).rejects.toMatchObject({
      code: 'store-corrupt',
      object: copyAt('20260102-030405-006'),
    });
    expect(await store.list(keys.renders)).toEqual([]);
  });

  it('does not keep a writer from writing it in its place again', async () => {
    const store = await openWithRender();
    await move(store, start);
    await saveRender(store, 'team', render);
    expect(await store.list(keys.renders)).toEqual([key]);
  });

  it('relies on a copy of less than half of the grace period, and else makes another one', async () => {
    const store = await openWithRender();
    await move(store, start);
    await loadRender(store, 'team', render.digest);
    await move(store, start + 11 * hour);
    expect(await listGarbage(store)).toHaveLength(1);
    await loadRender(store, 'team', render.digest);
    await move(store, start + 13 * hour);
    expect((await listGarbage(store)).map(({ at }) => at)).toEqual([start, start + 13 * hour]);
    await loadRender(store, 'team', render.digest);
    await move(store, start - hour);
    expect(await listGarbage(store)).toHaveLength(3);
  });

  it('leaves in its place what a sleeping process comes back to', async () => {
    const store = await openWithRender();
    let now = start;
    const slow: Clock = { ...clockAt(0), now: () => new Date(now) };
    const asleep = watchedStore(store, () => {
      now += 7 * hour;
    });
    expect(await moveToGarbage(key, { copies: [], graceMs: 10 * hour }, { store: asleep, clock: slow })).toBe(false);
    expect(await store.list(keys.renders)).toEqual([key]);
  });

  it('ends: put back where it is needed, deleted where it is not', async () => {
    const store = await openWithRender();
    await move(store, start);
    const [copy] = await listGarbage(store);
    if (copy === undefined) throw new Error('no copy');
    await putBack(copy, store);
    expect(await store.list('')).toEqual([key]);
    await putBack(copy, store);
    await move(store, start);
    await deleteCopy(copy, store);
    expect(await store.list('')).toEqual([]);
    expect(await loadRender(store, 'team', render.digest)).toBeUndefined();
  });

  it('is never missed by a reader while it is put back', async () => {
    for (let call = 1; call <= 4; call += 1) {
      const store = await openWithRender();
      await move(store, start);
      const [copy] = await listGarbage(store);
      const disturbed = watchedStore(store, async (current) => {
        if (current === call && copy !== undefined) await putBack(copy, store);
      });
      const read = await readKept(disturbed, key, async ({ body }) => body.length);
      expect([call, read]).toEqual([call, expect.any(Number)]);
    }
  });
});
