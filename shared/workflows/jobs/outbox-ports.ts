import { createHash } from 'node:crypto';
import type { OutboxEntry } from '../../model/outbox-entry.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import type { Announcer, Queue, Queued } from '../../queue-ports.ts';
import { putIntoOutbox } from '../../state/outbox.ts';

type Outbox = { readonly store: ObjectStore; readonly clock: Clock };

/** Tells by the store, for those who reach nothing else. */
export function outboxAnnouncer(outbox: Outbox): Announcer {
  return {
    announce: async (events) => {
      const [first] = events;
      if (first !== undefined)
        await put(outbox, `events ${events.map(({ id }) => id).join(' ')}`, { tell: 'events', events });
    },
  };
}

/** Queues by the store, at once or so many milliseconds from now. */
export function outboxQueue(
  outbox: Outbox,
  zone: string,
): Queue & {
  sendLater(message: Queued, afterMs: number): Promise<void>;
} {
  const send = ({ group, id, message }: Queued, notBefore?: string): Promise<void> =>
    put(outbox, `job ${id}`, {
      tell: 'job',
      zone,
      group,
      id,
      message,
      ...(notBefore === undefined ? {} : { notBefore }),
    });
  return {
    send: async (messages) => {
      for (const message of messages) await send(message);
    },
    sendLater: (message, afterMs) => send(message, new Date(outbox.clock.now().getTime() + afterMs).toISOString()),
  };
}

/** Says that a message could not be read, and why. */
export async function outboxDeadLetter(
  outbox: Outbox,
  { body, reason }: { readonly body: string; readonly reason: string },
): Promise<void> {
  await put(outbox, `dead letter ${body}`, { tell: 'dead-letter', body, reason });
}

async function put({ store, clock }: Outbox, id: string, entry: OutboxEntry): Promise<void> {
  const hashed = createHash('sha256').update(id).digest('hex').slice(0, 32);
  await putIntoOutbox(store, { time: clock.now().toISOString(), id: hashed }, entry);
}
