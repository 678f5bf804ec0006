import type { OutboxEntry } from '../../model/outbox-entry.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import type { Announcer, Queue } from '../../queue-ports.ts';
import { loadOutboxEntry } from '../../state/outbox.ts';
import { done, type JobEnd } from './job-end.ts';

export type RelayPorts = {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly renderQueue: Queue;
  readonly syncQueue: (zone: string) => Queue;
  readonly restoreQueue: (zone: string) => Queue;
  readonly deadLetter: (letter: {
    readonly body: string;
    readonly reason: string;
    readonly group: string;
  }) => Promise<void>;
};

/** Passes on what somebody had to tell who reaches nothing but the store, then takes it out of the outbox. */
export async function relayOutboxEntry(key: string, ports: RelayPorts): Promise<JobEnd> {
  const entry = await loadOutboxEntry(ports.store, key);
  // A repeat: it was passed on.
  if (entry === undefined) return done;
  const early = entry.tell === 'job' ? Date.parse(entry.notBefore ?? '') - ports.clock.now().getTime() : 0;
  if (early > 0) return { is: 'again', afterMs: early, waitsFor: 'its time' };
  await passOn(entry, ports);
  await ports.store.delete(key);
  return done;
}

async function passOn(entry: OutboxEntry, ports: RelayPorts): Promise<void> {
  if (entry.tell === 'events') return ports.announcer.announce(entry.events);
  if (entry.tell === 'dead-letter') return ports.deadLetter({ ...entry, group: 'outbox' });
  await queueOf(entry, ports).send([entry]);
}

function queueOf({ zone, message: { job } }: OutboxEntry & { readonly tell: 'job' }, ports: RelayPorts): Queue {
  if (job.work === 'declare' || job.work === 'look') return ports.renderQueue;
  return job.work === 'restore' ? ports.restoreQueue(zone) : ports.syncQueue(zone);
}
