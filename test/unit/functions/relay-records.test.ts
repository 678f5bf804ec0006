import { beforeAll, describe, expect, it } from '@jest/globals';
import { logger } from '../../../functions/middleware.ts';
import { relayRecords } from '../../../functions/relay-records.ts';
import type { StateEvent } from '../../../shared/model/state-event.ts';
import { keys } from '../../../shared/state/keys.ts';
import { outboxAnnouncer, outboxQueue } from '../../../shared/workflows/jobs/outbox-ports.ts';
import { MemoryQueue } from '../../support/jobs/memory-queue.ts';
import { MemoryStore } from '../../support/model/memory-store.ts';
import { recordOf } from './records.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

const clock = { now: () => new Date('2026-01-01T12:00:00.000Z'), sleep: async () => {} };
const event = { id: 'shop/1', type: 'plumbline.drifted' } as StateEvent;
const message = { job: { work: 'follow', application: 'shop', cause: 'drift' }, origin: 'scan' } as const;

function open() {
  const store = new MemoryStore();
  const told: StateEvent[] = [];
  const shown: string[] = [];
  const queue = new MemoryQueue();
  const ports = {
    store,
    clock,
    announcer: { announce: async (events: readonly StateEvent[]) => void told.push(...events) },
    renderQueue: queue,
    syncQueue: () => queue,
    restoreQueue: () => queue,
    deadLetter: async () => undefined,
    showAfter: async (handle: string, ms: number) => void shown.push(`${handle} ${ms}`),
  };
  const relay = async (...bodies: readonly string[]) => {
    const records = bodies.map((body, index) => recordOf({ messageId: `${index}`, body }));
    return (await relayRecords({ Records: records }, ports)).batchItemFailures.map(
      ({ itemIdentifier }) => itemIdentifier,
    );
  };
  return { store, told, shown, queue, relay, outbox: { store, clock }, entries: () => store.keysBelow(keys.outbox) };
}

/** What S3 tells of new objects: keys as in a form of HTML. */
const notice = (...all: readonly string[]): string =>
  JSON.stringify({
    Records: all.map((key) => ({ s3: { object: { key: encodeURIComponent(key).replaceAll('%20', '+') } } })),
  });

describe('What S3 tells of the outbox', () => {
  it('is passed on, each entry that a message names', async () => {
    const { outbox, relay, told, queue, entries } = open();
    await outboxAnnouncer(outbox).announce([event]);
    await outboxQueue(outbox, 'private').send([{ group: 'shop', id: 'one', message }]);
    expect(await relay(notice(...entries()))).toEqual([]);
    expect([told, queue.size, entries()]).toEqual([[event], 1, []]);
  });

  it('comes again when its time has come', async () => {
    const { outbox, relay, shown, entries } = open();
    await outboxQueue(outbox, 'private').sendLater({ group: 'shop', id: 'one', message }, 10_000);
    expect(await relay(notice(...entries()))).toEqual(['0']);
    expect(shown).toEqual(['handle of 0 10000']);
  });

  it('is nothing in a notification for a test, and in one that comes twice', async () => {
    const { outbox, relay, entries, told } = open();
    await outboxAnnouncer(outbox).announce([event]);
    const [key = ''] = entries();
    expect(await relay(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }), notice(key))).toEqual([]);
    expect(await relay(notice(key))).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('that cannot be read goes back by itself, and keeps no other', async () => {
    const { outbox, store, relay, told, entries } = open();
    await outboxAnnouncer(outbox).announce([event]);
    const [key = ''] = entries();
    await store.put('outbox/broken.json', Buffer.from('{}'));
    expect(await relay('hello', notice('outbox/broken.json'), notice(key))).toEqual(['0', '1']);
    expect(told).toEqual([event]);
  });
});
