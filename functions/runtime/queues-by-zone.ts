import { createSqsQueue } from '../../shared/adapters/aws/sqs-queue.ts';
import { PlumbError } from '../../shared/errors.ts';
import type { Queue } from '../../shared/queue-ports.ts';

/** The queue of each network, from their URLs. */
export function queuesByZone(urls: { readonly [zone: string]: string }): (zone: string) => Queue {
  const queues = new Map(Object.entries(urls).map(([zone, url]) => [zone, createSqsQueue({ url })]));
  return (zone) => {
    const queue = queues.get(zone);
    if (queue !== undefined) return queue;
    throw new PlumbError('queue-unavailable', `there is no queue of zone ${zone}`, {
      object: zone,
      hint: 'deploy all stacks: cdk deploy --all',
      retryable: true,
    });
  };
}
