import { describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../shared/ports.ts';
import { listGarbage } from '../../shared/state/garbage.ts';
import { loadHead, saveHead } from '../../shared/state/heads.ts';
import { keys } from '../../shared/state/keys.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../../shared/state/renders.ts';
import { listSnapshots, loadSnapshot } from '../../shared/state/snapshots.ts';
import { collectGarbage } from '../../shared/workflows/garbage/collect-garbage.ts';
import { watchedStore } from '../support/faults/watched-store.ts';
import { aHeadOf, aRenderOf, aRunningOperation } from '../support/snapshots.ts';
import { useFolderStores } from '../unit/state/folder-place.ts';
import {
  addApplication,
  changeHead,
  day,
  hour,
  now,
  portsAt,
  snapshotOfDay,
} from '../unit/workflows/garbage/garbage-place.ts';

const openStore = useFolderStores();
const policy = { keepLast: 1, keepWithinMs: 15 * day };
const render = aRenderOf('about to be deployed');
const note = { inputKey: 'inputs', digest: render.digest, warnings: [] };

/** How the render of a sync may lie there when the collector comes. */
const places: { readonly [place: string]: (store: ObjectStore) => Promise<void> } = {
  'in its place': async (store) => {
    await saveRender(store, 'default', render);
    await rememberRender(store, 'default', note);
  },
  'in its place without a note': (store) => saveRender(store, 'default', render),
  'in the garbage, its time over': async (store) => {
    await saveRender(store, 'default', render);
    await rememberRender(store, 'default', note);
    await collectGarbage({}, portsAt(store, now - day));
  },
  'in both': async (store) => {
    await saveRender(store, 'default', render);
    await collectGarbage({}, portsAt(store, now - day));
    await saveRender(store, 'default', render);
  },
  'in the garbage for an hour, and in its place': async (store) => {
    await saveRender(store, 'default', render);
    await collectGarbage({}, portsAt(store, now - hour));
    await saveRender(store, 'default', render);
  },
  nowhere: async () => {},
};

/** The first half of a sync: it finds its render, or makes it. */
async function obtain(store: ObjectStore): Promise<void> {
  const found = await findRender(store, 'default', note.inputKey);
  if (found !== undefined && (await loadRender(store, 'default', found.digest)) !== undefined) return;
  await saveRender(store, 'default', render);
  await rememberRender(store, 'default', note);
}

/** The second half: the head refers to it while it is applied, and from then on. */
async function deploy(store: ObjectStore): Promise<void> {
  const operation = aRunningOperation({ renderDigest: render.digest });
  await changeHead(store, 'shop', (head) => ({ ...head, operation }));
  const deployed = { renderDigest: render.digest, sources: [], at: '' };
  await changeHead(store, 'shop', (head) => ({ ...head, deployed, operation: { ...operation, phase: 'Succeeded' } }));
}

/** The collector's calls from beginning to end, with steps of a sync before some of them; those that it does not come to follow. */
async function collectBeside(store: ObjectStore, steps: ReadonlyMap<number, () => Promise<void>>): Promise<number> {
  const left = new Map(steps);
  let calls = 0;
  const disturbed = watchedStore(store, async (call) => {
    calls = call;
    const step = left.get(call);
    left.delete(call);
    await step?.();
  });
  await collectGarbage({ policy }, portsAt(disturbed));
  for (const [, step] of left) await step();
  return calls;
}

async function openPlace(place: (store: ObjectStore) => Promise<void>): Promise<ObjectStore> {
  const store = await openStore();
  await saveHead(store, aHeadOf([]), 'absent');
  await place(store);
  return store;
}

/** True when a sync that finds its render before one call and saves its head before another has it two days later. */
async function isKept(place: (store: ObjectStore) => Promise<void>, first: number, second: number): Promise<boolean> {
  const store = await openPlace(place);
  const both = (): Promise<void> => obtain(store).then(() => deploy(store));
  const apart: readonly (readonly [number, () => Promise<void>])[] = [
    [first, () => obtain(store)],
    [second, () => deploy(store)],
  ];
  await collectBeside(store, new Map(first === second ? [[first, both]] : apart));
  // By then all that is left in the garbage is over.
  await collectGarbage({}, portsAt(store, now + day));
  await collectGarbage({}, portsAt(store, now + 2 * day));
  return (await loadRender(store, 'default', render.digest)) !== undefined;
}

describe('a sync beside the collector', () => {
  it.each(Object.entries(places))(
    'finds and keeps its render, at whatever moment it comes, when it was %s',
    async (_, place) => {
      const calls = await collectBeside(await openPlace(place), new Map());
      expect(calls).toBeGreaterThan(5);
      for (let first = 1; first <= calls + 1; first += 1) {
        const seconds = [...new Set([first, first + 1, calls + 1])];
        const kept = await Promise.all(seconds.map((second) => isKept(place, first, second)));
        expect([first, kept]).toEqual([first, seconds.map(() => true)]);
      }
    },
  );

  it('gets its render back although it has only found it there, and wrote nothing but its head', async () => {
    const calls = await collectBeside(await openPlace(places['in its place'] ?? obtain), new Map());
    for (let call = 1; call <= calls + 1; call += 1) {
      const store = await openPlace(places['in its place'] ?? obtain);
      await collectBeside(store, new Map([[call, () => deploy(store)]]));
      await collectGarbage({}, portsAt(store, now + day));
      expect(await store.list(keys.renders)).toEqual([keys.render('default', render.digest)]);
    }
  });
});

/** Two applications with something to retire, a render of nobody, and garbage whose time is over. */
async function openFull(): Promise<ObjectStore> {
  const store = await openStore();
  await places['in the garbage, its time over']?.(store);
  await saveRender(store, 'default', aRenderOf('of nobody'));
  await addApplication(store, { days: [50, 40, 20] });
  await addApplication(store, { of: 'pay', days: [60, 30, 10] });
  return store;
}

/** All that matters of a store: its keys and heads. The time of the copies is that of the run, here the same for all. */
async function stateOf(store: ObjectStore): Promise<unknown> {
  const heads = await Promise.all(['shop', 'pay'].map(async (name) => (await loadHead(store, name))?.head));
  return { keys: await store.list(''), heads };
}

describe('a collector that is stopped', () => {
  it('at any call has lost nothing, and the next run ends as if nothing had happened', async () => {
    const undisturbed = await openFull();
    let calls = 0;
    const counted = watchedStore(undisturbed, (call) => {
      calls = call;
    });
    await collectGarbage({ policy }, portsAt(counted));
    const wanted = await stateOf(undisturbed);
    expect(calls).toBeGreaterThan(20);
    for (let last = 1; last <= calls; last += 1) {
      const store = await openFull();
      const dying = watchedStore(store, (call) => {
        if (call >= last) throw new Error('stopped');
      });
      await expect(collectGarbage({ policy }, portsAt(dying))).rejects.toThrow('stopped');
      for (const application of ['shop', 'pay']) {
        const { snapshots, unreadable } = await listSnapshots(store, application);
        expect(unreadable).toEqual([]);
        const names = snapshots.map(({ name }) => name);
        const noted = (await loadHead(store, application))?.head.snapshots.map(({ name }) => name) ?? [];
        expect([last, noted.filter((name) => !names.includes(name))]).toEqual([last, []]);
        for (const { renderDigest } of snapshots)
          expect((await listGarbageAndRenders(store)).some((key) => key.includes(renderDigest))).toBe(true);
      }
      await collectGarbage({ policy }, portsAt(store));
      expect([last, await stateOf(store)]).toEqual([last, wanted]);
    }
  });
});

async function listGarbageAndRenders(store: ObjectStore): Promise<readonly string[]> {
  return [...(await store.list(keys.renders)), ...(await listGarbage(store)).map(({ key }) => key)];
}

describe('a rollback beside the collector', () => {
  it('keeps the snapshot that it has found, at whatever moment it pins it', async () => {
    const wanted = snapshotOfDay(50);
    let calls = 100;
    for (let call = 1; call <= calls; call += 1) {
      const store = await openFull();
      const pin = async (): Promise<void> => {
        const { name, renderDigest } = wanted;
        await changeHead(store, 'shop', (head) => ({
          ...head,
          pin: { snapshot: name, renderDigest, until: 'unpinned', at: '', why: '' },
        }));
      };
      const made = await collectBeside(store, new Map([[call, pin]]));
      calls = Math.min(calls, made + 1);
      await collectGarbage({ policy }, portsAt(store, now + day));
      await collectGarbage({ policy }, portsAt(store, now + 2 * day));
      expect([call, await loadSnapshot(store, 'shop', wanted.name)]).toEqual([call, wanted]);
      expect(await loadRender(store, 'default', wanted.renderDigest)).toBeDefined();
    }
  });
});
