import { describe, expect, it } from '@jest/globals';
import type { Pin } from '../../../../shared/model/pin.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { listGarbage } from '../../../../shared/state/garbage.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../../../../shared/state/renders.ts';
import { saveRestore } from '../../../../shared/state/restores.ts';
import { listSnapshots, loadSnapshot, saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { collectGarbage } from '../../../../shared/workflows/garbage/collect-garbage.ts';
import { watchedStore } from '../../../support/faults/watched-store.ts';
import { aHeadOf, aRunningOperation } from '../../../support/snapshots.ts';
import { useFolderStores } from '../../../unit/state/folder-place.ts';
import {
  addApplication,
  changeHead,
  day,
  hour,
  now,
  portsAt,
  renderOfDay,
  shelve,
  snapshotOfDay,
} from '../../../unit/workflows/garbage/garbage-place.ts';

const openStore = useFolderStores();
const policy = { keepLast: 2, keepWithinMs: 30 * day };
const namesOf = (snapshots: readonly { readonly name: string }[]): readonly string[] =>
  snapshots.map(({ name }) => name);

describe('garbage collection', () => {
  it('has nothing to do in an empty store', async () => {
    expect(await collectGarbage({}, portsAt(await openStore()))).toEqual({
      removedSnapshots: [],
      removedRenders: [],
      deleted: [],
      putBack: [],
      removedNotes: [],
      missingSnapshots: [],
      skipped: [],
      kept: { snapshots: 0, renders: 0 },
      unreadable: [],
      blocked: false,
    });
  });

  it('removes old snapshots from the head and the store, and their renders a day later for good', async () => {
    const store = await openStore();
    const [old, ...others] = await addApplication(store, { days: [50, 40, 20, 10] });
    const [older] = others;
    const first = await collectGarbage({ policy }, portsAt(store));
    const gone = [old, older].flatMap((each) => each?.name ?? []);
    expect(first).toMatchObject({
      removedSnapshots: gone.map((name) => ({ application: 'shop', name })),
      kept: { snapshots: 2, renders: 2 },
      deleted: [],
      unreadable: [],
    });
    expect(first.removedRenders).toHaveLength(2);
    expect(namesOf((await loadHead(store, 'shop'))?.head.snapshots ?? [])).toEqual(namesOf(others.slice(1)));
    expect(namesOf((await listSnapshots(store, 'shop')).snapshots)).toEqual(namesOf(others.slice(1)));
    expect(await listGarbage(store)).toHaveLength(4);

    const second = await collectGarbage({ policy }, portsAt(store, now + day - 1));
    expect(second.deleted).toEqual([]);
    const third = await collectGarbage({ policy }, portsAt(store, now + day));
    expect(third.deleted).toHaveLength(4);
    expect(await listGarbage(store)).toEqual([]);
    expect(await loadRender(store, 'default', renderOfDay(50).digest)).toBeUndefined();
    for (const daysAgo of [20, 10])
      expect(await loadRender(store, 'default', renderOfDay(daysAgo).digest)).toEqual(renderOfDay(daysAgo));
  });

  it('says what it would do and does nothing in a dry run', async () => {
    const store = await openStore();
    await addApplication(store, { days: [50, 40, 20, 10] });
    await rememberRender(store, 'default', { inputKey: 'gone', digest: '0'.repeat(64), warnings: [] });
    const before = await store.list('');
    const reading = watchedStore(store, () => {});
    const told = await collectGarbage(
      { policy, dryRun: true },
      portsAt({
        ...reading,
        put: () => Promise.reject(new Error('a write')),
        delete: () => Promise.reject(new Error('a deletion')),
      }),
    );
    expect(await store.list('')).toEqual(before);
    expect(told).toEqual(await collectGarbage({ policy }, portsAt(store)));
  });

  it('keeps what is pinned, what a restore has chosen and what the operation ends in', async () => {
    const store = await openStore();
    const [pinned, used, own] = await addApplication(store, { days: [60, 55, 50, 40, 20, 10] });
    const pin: Pin = { snapshot: pinned?.name ?? '', renderDigest: '', until: 'unpinned', at: '', why: '' };
    const operation = aRunningOperation({ phase: 'Succeeded', snapshot: own?.name ?? '' });
    await changeHead(store, 'shop', (head) => ({ ...head, pin, operation }));
    const chosen = [{ application: 'shop', snapshot: used?.name ?? '', isOlder: false }];
    const record = { id: 'r', cluster: 'c', to: 'c', asked: {}, chosen, startedAt: '2026-01-01T00:00:00.000Z' };
    await saveRestore(store, record, undefined);
    const { removedSnapshots } = await collectGarbage({ policy }, portsAt(store));
    expect(namesOf(removedSnapshots)).toEqual([snapshotOfDay(40).name]);
  });

  it('reads no snapshot that a head has a note of, and each head once', async () => {
    const store = await openStore();
    await addApplication(store, { days: [20, 10] });
    await addApplication(store, { of: 'pay', days: [20, 10] });
    const read: string[] = [];
    const get = (key: string): ReturnType<ObjectStore['get']> => {
      read.push(key);
      return store.get(key);
    };
    const counted = { ...watchedStore(store, () => {}), get };
    await collectGarbage({ policy }, portsAt(counted));
    expect(read.sort()).toEqual([keys.head('pay'), keys.head('shop')]);
  });

  it('counts a snapshot that its head has no note of, and removes it in its time', async () => {
    const store = await openStore();
    const noted = [snapshotOfDay(40), snapshotOfDay(10)];
    await shelve(store, [snapshotOfDay(50), ...noted, snapshotOfDay(5)]);
    await saveHead(store, aHeadOf(noted), 'absent');
    const { removedSnapshots, kept } = await collectGarbage({ policy }, portsAt(store));
    expect(namesOf(removedSnapshots)).toEqual([snapshotOfDay(50), snapshotOfDay(40)].map(({ name }) => name));
    expect(kept.renders).toBe(2);
    expect(await loadRender(store, 'default', snapshotOfDay(5).renderDigest)).toBeDefined();
  });

  it('keeps the snapshots of an application without a head but for count and age', async () => {
    const store = await openStore();
    await shelve(
      store,
      [50, 40, 20].map((daysAgo) => snapshotOfDay(daysAgo)),
    );
    const { removedSnapshots, kept } = await collectGarbage({ policy }, portsAt(store));
    expect(removedSnapshots).toEqual([{ application: 'shop', name: snapshotOfDay(50).name }]);
    expect(kept).toEqual({ snapshots: 2, renders: 2 });
  });

  it('takes notes of what is gone out of the head, and says so', async () => {
    const store = await openStore();
    const [first] = await addApplication(store, { days: [20, 10] });
    await store.delete(keys.snapshot('shop', first?.name ?? ''));
    const { missingSnapshots } = await collectGarbage({ policy }, portsAt(store));
    expect(namesOf(missingSnapshots)).toEqual([first?.name]);
    expect(namesOf((await loadHead(store, 'shop'))?.head.snapshots ?? [])).toEqual([snapshotOfDay(10).name]);
  });

  it('leaves an application alone that is being synced, by this process or another, and one whose sync has died not', async () => {
    const store = await openStore();
    const until = new Date(now + 1).toISOString();
    const held = { operation: aRunningOperation({ lease: { holder: 'syncer', until } }) };
    const own = { operation: aRunningOperation({ lease: { holder: 'collector', until } }) };
    const over = { operation: aRunningOperation({ lease: { holder: 'syncer', until: new Date(now).toISOString() } }) };
    await addApplication(store, { of: 'held', days: [50, 40, 20, 10], head: held });
    await addApplication(store, { of: 'own', days: [50, 40, 20, 10], head: own });
    await addApplication(store, { of: 'over', days: [50, 40, 20, 10], head: over });
    const { removedSnapshots, skipped } = await collectGarbage({ policy }, portsAt(store));
    expect(skipped.map(({ application }) => application)).toEqual(['held', 'own']);
    expect(new Set(removedSnapshots.map(({ application }) => application))).toEqual(new Set(['over']));
  });

  it('leaves an application for the next run whose head was moved meanwhile', async () => {
    const store = await openStore();
    await addApplication(store, { days: [50, 40, 20, 10] });
    const disturbed = {
      ...watchedStore(store, () => {}),
      list: async (prefix: string) => {
        if (prefix === keys.snapshots) await changeHead(store, 'shop', (head) => ({ ...head, checkedAt: 'now' }));
        return store.list(prefix);
      },
    };
    const first = await collectGarbage({ policy }, portsAt(disturbed));
    expect(first).toMatchObject({
      removedSnapshots: [],
      skipped: [{ application: 'shop', why: 'it has changed meanwhile' }],
    });
    expect((await collectGarbage({ policy }, portsAt(store))).removedSnapshots).toHaveLength(2);
  });
});

describe('garbage collection of renders', () => {
  it('keeps those of running operations and of pins', async () => {
    const store = await openStore();
    for (const daysAgo of [1, 2, 3]) await saveRender(store, 'default', renderOfDay(daysAgo));
    const pin: Pin = { snapshot: '', renderDigest: renderOfDay(2).digest, until: 'unpinned', at: '', why: '' };
    const head = aHeadOf([], { operation: aRunningOperation({ renderDigest: renderOfDay(1).digest }), pin });
    await saveHead(store, head, 'absent');
    const { removedRenders } = await collectGarbage({}, portsAt(store));
    expect(removedRenders).toEqual([keys.render('default', renderOfDay(3).digest)]);
  });

  it('puts back what is needed again, and not before the grace period is over', async () => {
    const store = await openStore();
    await saveRender(store, 'default', renderOfDay(1));
    await collectGarbage({}, portsAt(store));
    const operation = aRunningOperation({ renderDigest: renderOfDay(1).digest });
    await saveHead(store, aHeadOf([], { operation }), 'absent');
    await collectGarbage({}, portsAt(store, now + 23 * hour));
    expect(await store.list(keys.renders)).toEqual([]);
    const { putBack } = await collectGarbage({}, portsAt(store, now + 24 * hour));
    expect(putBack).toEqual([keys.render('default', renderOfDay(1).digest)]);
    expect(await store.list(keys.renders)).toEqual(putBack);
    expect(await listGarbage(store)).toEqual([]);
  });

  it('deletes nothing early when the clock was set back', async () => {
    const store = await openStore();
    await saveRender(store, 'default', renderOfDay(1));
    await collectGarbage({}, portsAt(store, now + 99 * day));
    await collectGarbage({}, portsAt(store));
    expect(await loadRender(store, 'default', renderOfDay(1).digest)).toEqual(renderOfDay(1));
  });

  it('removes notes of renders that are gone, and no others', async () => {
    const store = await openStore();
    await saveRender(store, 'default', renderOfDay(1));
    const note = (inputKey: string, digest: string): Promise<void> =>
      rememberRender(store, 'default', { inputKey, digest, warnings: [] });
    await note('there', renderOfDay(1).digest);
    await note('gone', '0'.repeat(64));
    await rememberRender(store, 'other', { inputKey: 'elsewhere', digest: renderOfDay(1).digest, warnings: [] });
    const { removedNotes } = await collectGarbage({}, portsAt(store));
    expect(removedNotes).toEqual([keys.renderNote('default', 'gone'), keys.renderNote('other', 'elsewhere')]);
    expect(await findRender(store, 'default', 'there')).toBeDefined();
    expect((await collectGarbage({}, portsAt(store, now + day))).removedNotes).toEqual([
      keys.renderNote('default', 'there'),
    ]);
  });

  it('leaves alone what is not a render of plumb', async () => {
    const store = await openStore();
    const strange = ['renders/default/notes.txt', 'renders/README.json.gz', 'renders/a/b/c.json.gz'];
    for (const key of strange) await store.put(key, Buffer.from('x'));
    await collectGarbage({}, portsAt(store));
    expect(await store.list('')).toEqual([...strange].sort());
  });
});

describe('garbage collection beside what cannot be read', () => {
  const unreadable: readonly (readonly [what: string, key: string])[] = [
    ['a head', keys.head('bad')],
    ['a snapshot without a note', keys.snapshot('bad', '20260101-000000-000-3f2a1bc')],
  ];

  it.each(unreadable)('removes no render beside %s, and still retires the snapshots of others', async (_, key) => {
    const store = await openStore();
    await addApplication(store, { days: [50, 40, 20, 10] });
    await saveRender(store, 'default', renderOfDay(99));
    const copy = keys.garbageCopy(keys.render('default', '0'.repeat(64)), '20200101-000000-000');
    await store.put(copy, Buffer.from('x'));
    await store.put(key, Buffer.from('x'));
    const outcome = await collectGarbage({ policy }, portsAt(store));
    expect(outcome.unreadable.map((each) => each.key)).toEqual([key]);
    expect(outcome).toMatchObject({ removedRenders: [], deleted: [], putBack: [], blocked: true });
    expect(outcome.removedSnapshots).toHaveLength(2);
    expect(await store.list(keys.renders)).toHaveLength(5);
    expect(await store.list(keys.garbage)).toContain(copy);
    expect(await loadSnapshot(store, 'shop', outcome.removedSnapshots[0]?.name ?? '')).toBeDefined();
  });

  it('keeps the snapshots of an application one of which cannot be read', async () => {
    const store = await openStore();
    const snapshots = await addApplication(store, { days: [50, 40, 20, 10] });
    await store.put(keys.snapshot('shop', '20200101-000000-000-3f2a1bc'), Buffer.from('x'));
    expect((await collectGarbage({ policy }, portsAt(store))).removedSnapshots).toEqual([]);
    expect((await listSnapshots(store, 'shop')).snapshots).toEqual(snapshots);
  });

  it('names a note that cannot be read, and goes on', async () => {
    const store = await openStore();
    await saveRender(store, 'default', renderOfDay(1));
    await saveSnapshot(store, snapshotOfDay(5));
    await store.put(keys.renderNote('default', 'bad'), Buffer.from('x'));
    const { unreadable: named, removedRenders, blocked } = await collectGarbage({}, portsAt(store));
    expect(named.map(({ key }) => key)).toEqual([keys.renderNote('default', 'bad')]);
    expect(removedRenders).toHaveLength(1);
    expect(blocked).toBe(false);
  });
});
