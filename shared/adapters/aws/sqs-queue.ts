import type { Queue, Queued } from '../../queue-ports.ts';
import { Limit } from '../limit.ts';
import { usualAttempts } from './attempt.ts';
import type { AwsFailure } from './aws-failure.ts';
import type { CallOptions } from './call-options.ts';
import { toFifoId } from './fifo-id.ts';
import { splitBatches } from './split-batches.ts';
import { type SqsEntry, type SqsPlace, type SqsSent, sendSqsBatch } from './sqs-batch.ts';
import { createSqsClients, queueErrorOf } from './sqs-client.ts';

export type SqsQueueOptions = CallOptions & { readonly url: string };

/** SQS takes larger ones since 2025, but not every queue is set to. */
const limits = { most: 10, bytes: 256 * 1024, sizeOf: (entry: SqsEntry) => Buffer.byteLength(entry.MessageBody) };
const batchesAtOnce = 8;

/** A FIFO queue of SQS. Messages of one group are in, or not, in their order. */
export function createSqsQueue({ url, attempts = usualAttempts, ...options }: SqsQueueOptions): Queue {
  const clientOf = createSqsClients(options);
  const limit = new Limit(batchesAtOnce);
  return {
    send: async (messages) => {
      if (messages.length === 0) return;
      const place = { client: await clientOf(url), queueUrl: url, attempts };
      const failure = await sendInOrder(toLanes(messages), { ...place, limit });
      const tried = `send ${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
      if (failure !== undefined) throw queueErrorOf(failure, { queueUrl: url, tried });
    },
  };
}

/** The messages of one group. Each is sent when the one before it is in. */
type Lane = readonly SqsEntry[];

function toLanes(messages: readonly Queued[]): readonly Lane[] {
  const lanes = Map.groupBy(messages.map(toEntry), ({ MessageGroupId }) => MessageGroupId);
  return [...lanes.values()].map(withoutRepeats);
}

function withoutRepeats(lane: Lane): Lane {
  const seen = new Set<string | undefined>();
  return lane.filter(({ MessageDeduplicationId: id }) => seen.size < seen.add(id).size);
}

function toEntry({ group, id, message }: Queued, index: number): SqsEntry {
  return {
    Id: `${index}`,
    // SQS takes neither of these two characters, which JSON leaves as they are.
    MessageBody: JSON.stringify(message).replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`),
    MessageGroupId: toFifoId(group),
    MessageDeduplicationId: toFifoId(id),
  };
}

/** Sends the first of each lane, then the second, and so on. Where one is not taken, its lane ends, and the others go on. */
async function sendInOrder(
  lanes: readonly Lane[],
  place: SqsPlace & { readonly limit: Limit },
): Promise<AwsFailure | undefined> {
  let failure: AwsFailure | undefined;
  let isDown = false;
  const send = async (batch: readonly SqsEntry[]): Promise<SqsSent> => {
    if (isDown) return { unsent: batch.map(({ Id }) => Id), isOfTheQueue: true };
    const sent = await sendSqsBatch(batch, place);
    failure ??= sent.failure;
    isDown ||= sent.isOfTheQueue;
    return sent;
  };
  for (let waiting = lanes, turn = 0; waiting.length > 0; turn += 1) {
    const due = waiting.flatMap((lane) => lane[turn] ?? []);
    const results = await Promise.all(splitBatches(due, limits).map((batch) => place.limit.run(() => send(batch))));
    const unsent = new Set(results.flatMap((result) => result.unsent));
    waiting = waiting.filter((lane) => turn + 1 < lane.length && !unsent.has(lane[turn]?.Id ?? ''));
  }
  return failure;
}
