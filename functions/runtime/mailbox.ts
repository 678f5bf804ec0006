import { createHash } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { createSqsMessages } from '../../shared/adapters/aws/sqs-messages.ts';
import type { JobMessage } from '../../shared/model/job.ts';
import type { Clock, ObjectStore } from '../../shared/ports.ts';
import { outboxDeadLetter, outboxQueue } from '../../shared/workflows/jobs/outbox-ports.ts';
import type { Mailbox } from '../each-record.ts';
import type { AllSettings } from '../settings.ts';
import { remaining } from './remaining.ts';

type Outbox = { readonly store: ObjectStore; readonly clock: Clock };

/** How long after an invocation's end a message that it did not come to an end with is shown again. */
const afterEndMs = 15_000;

/** How messages of a queue go back or aside: by SQS where it can be reached, else by the outbox. */
export function mailboxOf(
  queueUrl: string | undefined,
  { PLUMB_DEAD_LETTERS: deadLetters, PLUMB_ZONE: zone }: Pick<AllSettings['sync'], 'PLUMB_DEAD_LETTERS' | 'PLUMB_ZONE'>,
  outbox: Outbox,
): Mailbox {
  return queueUrl === undefined || deadLetters === undefined
    ? outboxMailbox(outbox, zone)
    : sqsMailbox(queueUrl, deadLetters);
}

/** By SQS itself: a message keeps its place in its group. */
export function sqsMailbox(queueUrl: string, deadLetters: string): Mailbox {
  const messages = createSqsMessages();
  const showAfter = async ({ receiptHandle }: SQSRecord, ms: number): Promise<void> => {
    await messages.setVisibility(queueUrl, receiptHandle, ms / 1000);
  };
  return {
    hold: (record) => showAfter(record, remaining.ms() + afterEndMs),
    again: async (record, afterMs) => {
      await showAfter(record, afterMs);
      return false;
    },
    deadLetter: ({ body, attributes }, reason) =>
      messages.sendDeadLetter(deadLetters, { body, reason, group: attributes.MessageGroupId ?? 'none' }),
  };
}

function outboxMailbox(outbox: Outbox, zone: string): Mailbox {
  const queue = outboxQueue(outbox, zone);
  return {
    hold: async () => undefined,
    again: async ({ body, messageId, attributes }, afterMs) => {
      const group = attributes.MessageGroupId ?? messageId;
      const id = createHash('sha256').update(`${messageId} ${attributes.ApproximateReceiveCount}`).digest('hex');
      await queue.sendLater({ group, id, message: JSON.parse(body) as JobMessage }, afterMs);
      return true;
    },
    deadLetter: ({ body }, reason) => outboxDeadLetter(outbox, { body, reason }),
  };
}
