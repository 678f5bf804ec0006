import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { workOnApplication } from '../shared/workflows/jobs/work-on-application.ts';
import { eachRecord } from './each-record.ts';
import { type Handle, lambda, logger } from './middleware.ts';
import { parseSyncMessage } from './parse-message.ts';
import { currentJob } from './runtime/current-job.ts';
import { remaining } from './runtime/remaining.ts';
import { openSync } from './runtime/sync.ts';
import { signalsFor } from './signals.ts';
import { triesOf } from './tries.ts';

/** Does what there is to do for one application, as far as it gets. */
export const handler: Handle<SQSEvent, SQSBatchResponse> = lambda(async (event, context) => {
  remaining.of(context);
  const { syncMail } = await openSync();
  return eachRecord(event, work, syncMail);
});

async function work(record: SQSRecord): Promise<JobEnd> {
  const { body, messageId } = record;
  const message = parseSyncMessage(body);
  const { application, ...job } = message.job;
  logger.appendKeys({ application, origin: message.origin });
  currentJob.set(messageId);
  const signals = signalsFor(remaining.ms());
  const attempt = triesOf(record);
  const { ports } = await openSync();
  const end = await workOnApplication(message, { signals, attempt }, ports).finally(() => signals.end());
  logger.info('worked on', { ...job, attempt, end: end.is });
  return end;
}
