import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { adviceOf, PlumbError } from '../shared/errors.ts';
import type { JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { count, logger } from './middleware.ts';
import { withTries } from './tries.ts';

/** How messages go back, or aside. */
export type Mailbox = {
  /** Keeps a message to this invocation for so long, and shows it to others soon after that should it die. */
  hold(record: SQSRecord): Promise<void>;
  /** Has a message worked on again after so many milliseconds; true: as another message, and this one is over. */
  again(record: SQSRecord, afterMs: number): Promise<boolean>;
  /** Puts a message aside for a person to look at. */
  deadLetter(record: SQSRecord, reason: string): Promise<void>;
};

type Work = (record: SQSRecord) => Promise<JobEnd>;

/**
 * Works on the messages of a batch, one after another. Behind one that is not done no other of its group is touched, so that they stay
 * in order; those of other groups are. What cannot be read goes to the dead letters with the reason, and counts as done.
 */
export async function eachRecord(event: SQSEvent, work: Work, mailbox: Mailbox): Promise<SQSBatchResponse> {
  const unfinished = new Set<string>();
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of event.Records) {
    const group = record.attributes.MessageGroupId ?? record.messageId;
    const isDone = !unfinished.has(group) && (await isOver(record, work, mailbox));
    if (isDone) continue;
    unfinished.add(group);
    batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

async function isOver(record: SQSRecord, work: Work, mailbox: Mailbox): Promise<boolean> {
  await mailbox.hold(record);
  const end = await work(record).catch((error: unknown) => endOf(error));
  if (end.is === 'done') return true;
  if (end.is === 'again') {
    count('HandBacks', 1);
    logger.info(`left to be gone on with in ${Math.round(end.afterMs / 1000)} s: ${end.waitsFor}`);
    return mailbox.again(withTries(record), end.afterMs);
  }
  await mailbox.deadLetter(record, end.reason);
  return true;
}

/** Anything but a message that nobody can read is for the next try, when the message is shown again. */
function endOf(error: unknown): JobEnd {
  if (error instanceof PlumbError && error.code === 'message-invalid')
    return { is: 'hopeless', reason: adviceOf(error) };
  throw error;
}
