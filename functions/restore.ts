import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { restoreByJob } from '../shared/workflows/jobs/restore-job.ts';
import { eachRecord } from './each-record.ts';
import { type Handle, lambda, logger } from './middleware.ts';
import { parseRestoreMessage } from './parse-message.ts';
import { currentJob } from './runtime/current-job.ts';
import { remaining } from './runtime/remaining.ts';
import { openSync } from './runtime/sync.ts';
import { signalsFor } from './signals.ts';
import { triesOf } from './tries.ts';

/** Brings the applications of a cluster back from their snapshots, as far as it gets. */
export const handler: Handle<SQSEvent, SQSBatchResponse> = lambda(async (event, context) => {
  remaining.of(context);
  const { restoreMail } = await openSync();
  return eachRecord(event, work, restoreMail);
});

async function work(record: SQSRecord): Promise<JobEnd> {
  const { body, messageId } = record;
  const message = parseRestoreMessage(body);
  logger.appendKeys({ cluster: message.job.cluster, origin: message.origin });
  currentJob.set(messageId);
  const signals = signalsFor(remaining.ms());
  const attempt = triesOf(record);
  const { ports } = await openSync();
  const end = await restoreByJob(message, { ...signals, attempt }, ports).finally(() => signals.end());
  logger.info('restored', { attempt, end: end.is });
  return end;
}
