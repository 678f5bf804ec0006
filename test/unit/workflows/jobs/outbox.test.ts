import { describe, expect, it } from '@jest/globals';
import type { JobMessage } from '../../../../shared/model/job.ts';
import type { StateEvent } from '../../../../shared/model/state-event.ts';
import { stateEvents } from '../../../../shared/plan/state-events.ts';
import type { Queued } from '../../../../shared/queue-ports.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { loadOutboxEntry } from '../../../../shared/state/outbox.ts';
import { outboxAnnouncer, outboxDeadLetter, outboxQueue } from '../../../../shared/workflows/jobs/outbox-ports.ts';
import { type RelayPorts, relayOutboxEntry } from '../../../../shared/workflows/jobs/relay-outbox.ts';
import { MemoryQueue } from '../../../support/jobs/memory-queue.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';
import { headAt } from '../../plan/heads.ts';

const start = Date.parse('2026-01-01T12:00:00.000Z');
const events = stateEvents(undefined, headAt('A'), '2026-01-01T12:00:00.000Z');

/** An outbox, and whoever passes on what is in it. */
function open() {
  const store = new MemoryStore();
  let now = start;
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const queues = new Map<string, MemoryQueue>();
  const queue = (name: string): MemoryQueue => {
    const found = queues.get(name) ?? new MemoryQueue();
    queues.set(name, found);
    return found;
  };
  const told: StateEvent[] = [];
  const letters: object[] = [];
  const ports: RelayPorts = {
    store,
    clock,
    announcer: { announce: async (given) => void told.push(...given) },
    renderQueue: queue('render'),
    syncQueue: (zone) => queue(`sync ${zone}`),
    restoreQueue: (zone) => queue(`restore ${zone}`),
    deadLetter: async (letter) => void letters.push(letter),
  };
  return {
    store,
    outbox: { store, clock },
    ports,
    told,
    letters,
    later: (ms: number) => {
      now += ms;
    },
    entries: () => store.keysBelow(keys.outbox),
    relay: async (more: Partial<RelayPorts> = {}) =>
      Promise.all(store.keysBelow(keys.outbox).map((key) => relayOutboxEntry(key, { ...ports, ...more }))),
    waiting: () =>
      Object.fromEntries([...queues].map(([name, each]) => [name, each.take()]).filter(([, all]) => all?.length !== 0)),
  };
}

const queued = (job: JobMessage['job'], id = 'one'): Queued => ({
  group: 'shop',
  id,
  message: { job, origin: 'scan' },
});
const follow = { work: 'follow', application: 'shop', cause: 'drift' } as const;

describe('What is told by the outbox', () => {
  it('is events, which are announced once, and then gone', async () => {
    const { outbox, relay, told, entries } = open();
    await outboxAnnouncer(outbox).announce(events);
    expect(entries()).toHaveLength(1);
    expect(await relay()).toEqual([{ is: 'done' }]);
    expect([told, entries()]).toEqual([events, []]);
  });

  it('is nothing where there is nothing to tell', async () => {
    const { outbox, entries } = open();
    await outboxAnnouncer(outbox).announce([]);
    await outboxQueue(outbox, 'private').send([]);
    expect(entries()).toEqual([]);
  });

  it('is one entry however often it is told at that moment', async () => {
    const { outbox, entries } = open();
    for (const _ of [1, 2]) {
      await outboxAnnouncer(outbox).announce(events);
      await outboxQueue(outbox, 'private').send([queued(follow)]);
      await outboxDeadLetter(outbox, { body: 'hello', reason: 'it is no JSON' });
    }
    expect(entries()).toHaveLength(3);
  });

  it.each<[string, JobMessage['job'], string]>([
    ['a look', { work: 'look', repoURLs: ['https://git/x'] }, 'render'],
    ['a declaration', { work: 'declare' }, 'render'],
    ['a follow', follow, 'sync private'],
    ['a sync', { work: 'sync', application: 'shop' }, 'sync private'],
    ['a rollback', { work: 'rollback', application: 'shop' }, 'sync private'],
    ['a restore', { work: 'restore', cluster: 'prod' }, 'restore private'],
  ])('is %s for the queue that it belongs to, as it was', async (_what, job, where) => {
    const { outbox, relay, waiting } = open();
    await outboxQueue(outbox, 'private').send([queued(job)]);
    await relay();
    expect(waiting()).toEqual({ [where]: [expect.objectContaining(queued(job))] });
  });

  it('is a message that is to be worked on later, and passed on then', async () => {
    const { outbox, relay, waiting, later, entries } = open();
    await outboxQueue(outbox, 'private').sendLater(queued(follow), 10_000);
    expect(await relay()).toEqual([{ is: 'again', afterMs: 10_000, waitsFor: 'its time' }]);
    later(9_999);
    expect(await relay()).toEqual([{ is: 'again', afterMs: 1, waitsFor: 'its time' }]);
    expect([waiting(), entries().length]).toEqual([{}, 1]);
    later(1);
    expect(await relay()).toEqual([{ is: 'done' }]);
    expect([Object.keys(waiting()), entries()]).toEqual([['sync private'], []]);
  });

  it('is a message that cannot be read, with the reason', async () => {
    const { outbox, relay, letters } = open();
    await outboxDeadLetter(outbox, { body: 'hello', reason: 'it is no JSON' });
    await relay();
    expect(letters).toEqual([expect.objectContaining({ body: 'hello', reason: 'it is no JSON', group: 'outbox' })]);
  });

  it('stays where it cannot be passed on, and is passed on the next time', async () => {
    const { outbox, relay, told, entries } = open();
    await outboxAnnouncer(outbox).announce(events);
    const away = { announce: () => Promise.reject(new Error('throttled')) };
    await expect(relay({ announcer: away })).rejects.toThrow('throttled');
    expect(entries()).toHaveLength(1);
    await relay();
    expect(told).toEqual(events);
  });

  it('that was passed on, and not yet taken out, is passed on under the same id', async () => {
    const { outbox, store, relay, waiting, entries } = open();
    await outboxQueue(outbox, 'private').send([queued(follow)]);
    const [key = ''] = entries();
    const entry = store.peek(key);
    await relay();
    await store.put(key, entry?.body ?? new Uint8Array());
    await relay();
    expect(waiting()).toEqual({ 'sync private': [expect.objectContaining({ id: 'one' })] });
  });

  it('is done where a notification of it comes twice', async () => {
    const { outbox, store, ports, entries, relay } = open();
    await outboxAnnouncer(outbox).announce(events);
    const [key = ''] = entries();
    await relay();
    expect(await relayOutboxEntry(key, ports)).toEqual({ is: 'done' });
    expect(await loadOutboxEntry(store, key)).toBeUndefined();
  });
});
