import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { openHeadFeed } from '../../../../cli/watching/head-feed.ts';
import { tailEvents } from '../../../../cli/watching/tail-events.ts';
import { FolderStore } from '../../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../../shared/adapters/local/worker.ts';
import { StoreError } from '../../../../shared/errors.ts';
import type { Head } from '../../../../shared/model/head.ts';
import type { StateEvent } from '../../../../shared/model/state-event.ts';
import type { ObjectStore, Progress } from '../../../../shared/ports.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';
import { aHead, anOperation } from '../examples.ts';

type Happening = () => unknown;

type Tailed = {
  readonly events: readonly StateEvent[];
  readonly notices: readonly Progress[];
  readonly begun: readonly string[];
};

/** Tails while these things happen, one between two looks; two seconds each. */
async function tail(
  store: ObjectStore,
  happenings: readonly Happening[],
  names: readonly string[] = [],
): Promise<Tailed> {
  const [events, notices, begun]: [StateEvent[], Progress[], string[]] = [[], [], []];
  const left = [...happenings];
  const end = new AbortController();
  let ms = Date.parse('2026-11-26T10:00:00Z');
  await tailEvents({
    feed: openHeadFeed(store, names),
    clock: {
      now: () => new Date(ms),
      sleep: async (pause) => {
        ms += pause;
        const next = left.shift();
        if (next === undefined) end.abort();
        else await next();
      },
    },
    reporter: { report: (progress) => void notices.push(progress) },
    signal: end.signal,
    onBegin: (applications) => void begun.push(...applications),
    onEvent: (event) => void events.push(event),
  });
  return { events, notices, begun };
}

async function move(store: ObjectStore, head: Head): Promise<void> {
  const loaded = await loadHead(store, head.application);
  await saveHead(store, head, loaded?.etag ?? 'absent');
}

const degraded = { code: 'Degraded', message: 'web: it crashes' } as const;

describe.each([
  ['a bucket', async () => ({ store: new MemoryStore() as ObjectStore, remove: async () => {} })],
  [
    'a folder',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'plumb-tail-'));
      return { store: new FolderStore(folder, localWorker()), remove: () => rm(folder, { recursive: true }) };
    },
  ],
])('what happens in %s', (_, open) => {
  it('is told from now on, each thing once, with the time at which it was seen', async () => {
    const { store, remove } = await open();
    await move(store, aHead());
    const { events, begun } = await tail(store, [
      () => {},
      () => move(store, aHead({ operation: anOperation({ id: 'two', phase: 'Running' }) })),
      () => move(store, aHead({ operation: anOperation({ id: 'two', message: 'all objects are applied' }) })),
      () => move(store, aHead({ operation: anOperation({ id: 'two' }), health: degraded })),
      () => {},
    ]);
    expect(begun).toEqual(['shop']);
    expect(events.map(({ type, at, message }) => ({ type, at, message }))).toEqual([
      { type: 'plumbline.sync.succeeded', at: '2026-11-26T10:00:06.000Z', message: 'all objects are applied' },
      { type: 'plumbline.health', at: '2026-11-26T10:00:08.000Z', message: 'Degraded: web: it crashes' },
    ]);
    await remove();
  });

  it('is told of a new application, and only of those that are named', async () => {
    const { store, remove } = await open();
    const other = (): Promise<void> => move(store, aHead({ application: 'other' }));
    const { events, begun } = await tail(store, [other, () => move(store, aHead())], ['shop']);
    expect(begun).toEqual([]);
    expect(events.map(({ application, type }) => [application, type])).toEqual([
      ['shop', 'plumbline.sync.succeeded'],
      ['shop', 'plumbline.health'],
    ]);
    await remove();
  });
});

describe('a store in trouble', () => {
  it('is told of once while it lasts, and what happened meanwhile is not lost', async () => {
    const store = new MemoryStore();
    await move(store, aHead());
    let isAway = false;
    const entries = jest.spyOn(store, 'entries');
    const listed = store.list.bind(store);
    entries.mockImplementation(async (prefix) => {
      if (isAway) throw new StoreError('store-unusable', 'S3 does not answer', { retryable: true });
      return (await listed(prefix)).map((key) => ({ key, etag: store.peek(key)?.etag ?? '' }));
    });
    const turn = (to: boolean) => () => {
      isAway = to;
    };
    const { events, notices } = await tail(store, [
      turn(true),
      () => move(store, aHead({ health: degraded })),
      turn(false),
      () => {},
    ]);
    expect(notices).toEqual([{ type: 'notice', level: 'warning', message: 'S3 does not answer' }]);
    expect(events.map(({ type }) => type)).toEqual(['plumbline.health']);
  });

  it('hides one application and no other', async () => {
    const store = new MemoryStore();
    await move(store, aHead({ application: 'bad' }));
    const { events, notices } = await tail(store, [
      () => store.put(keys.head('bad'), Buffer.from('x')),
      () => move(store, aHead()),
      () => {},
      async () => {
        await store.delete(keys.head('bad'));
        await move(store, aHead({ application: 'bad' }));
      },
    ]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({
      message: expect.stringContaining('heads/bad.json in the store cannot be used'),
    });
    expect([...new Set(events.map(({ application }) => application))]).toEqual(['shop']);
  });

  it('at the beginning is an error', async () => {
    const store = new MemoryStore();
    store.entries = () => Promise.reject(new StoreError('store-unusable', 'no such bucket'));
    expect(await failureOf(tail(store, []))).toMatchObject({ message: 'no such bucket' });
  });
});
