import { createEventBus } from '../../shared/adapters/aws/event-bus.ts';
import { createSqsQueue } from '../../shared/adapters/aws/sqs-queue.ts';
import type { Clock, ObjectStore } from '../../shared/ports.ts';
import type { SyncPorts } from '../../shared/workflows/jobs/job-ports.ts';
import { outboxAnnouncer, outboxQueue } from '../../shared/workflows/jobs/outbox-ports.ts';
import type { AllSettings } from '../settings.ts';

type Outbox = { readonly store: ObjectStore; readonly clock: Clock };

/** Queues and bus where they can be reached; else the outbox, from which others pass on. */
export function waysOut(
  settings: AllSettings['sync'],
  outbox: Outbox,
): Pick<SyncPorts, 'syncQueue' | 'renderQueue' | 'announcer'> {
  const { PLUMB_SYNC_QUEUE: sync, PLUMB_RENDER_QUEUE: render, PLUMB_EVENT_BUS: bus, PLUMB_ZONE: zone } = settings;
  const queue = (url: string | undefined): SyncPorts['syncQueue'] =>
    url === undefined ? outboxQueue(outbox, zone) : createSqsQueue({ url });
  return {
    syncQueue: queue(sync),
    renderQueue: queue(render),
    announcer: bus === undefined ? outboxAnnouncer(outbox) : createEventBus({ bus }),
  };
}
