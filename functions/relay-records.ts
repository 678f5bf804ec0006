import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { adviceOf } from '../shared/errors.ts';
import { type RelayPorts, relayOutboxEntry } from '../shared/workflows/jobs/relay-outbox.ts';
import { logger } from './middleware.ts';

const notification = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

export type RelayRecordsPorts = RelayPorts & {
  /** Shows a message of the outbox's queue again after so many milliseconds. */
  readonly showAfter: (receiptHandle: string, ms: number) => Promise<void>;
};

/** Passes on the entries of the outbox that a batch of S3's notifications names; those that are not due yet come again when they are. */
export async function relayRecords(event: SQSEvent, ports: RelayRecordsPorts): Promise<SQSBatchResponse> {
  const failures = await Promise.all(
    event.Records.map(async (record) =>
      (await isRelayed(record, ports)) ? [] : [{ itemIdentifier: record.messageId }],
    ),
  );
  const batchItemFailures = failures.flat();
  logger.info('passed on', {
    entries: event.Records.length - batchItemFailures.length,
    left: batchItemFailures.length,
  });
  return { batchItemFailures };
}

async function isRelayed({ body, receiptHandle }: SQSRecord, ports: RelayRecordsPorts): Promise<boolean> {
  try {
    const ends = await Promise.all(keysIn(body).map((key) => relayOutboxEntry(key, ports)));
    const early = ends.flatMap((end) => (end.is === 'again' ? [end.afterMs] : []));
    if (early.length > 0) await ports.showAfter(receiptHandle, Math.max(...early));
    return early.length === 0;
  } catch (error) {
    logger.error(adviceOf(error));
    return false;
  }
}

/** S3 writes keys as in a form of HTML. A test notification names none. */
function keysIn(body: string): readonly string[] {
  const { Records } = notification.parse(JSON.parse(body));
  return Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
}
