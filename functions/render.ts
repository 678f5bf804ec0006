import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { done, type JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { renderJob } from '../shared/workflows/jobs/render-job.ts';
import { againIfPassing } from './again-if-passing.ts';
import { eachRecord } from './each-record.ts';
import { count, type Handle, lambda, logger } from './middleware.ts';
import { parseRenderMessage } from './parse-message.ts';
import { remaining } from './runtime/remaining.ts';
import { control, makeRoom, openRender, renderMail } from './runtime/render.ts';

/** Reads what is declared, and renders what Git has that is new. */
export const handler: Handle<SQSEvent, SQSBatchResponse> = lambda(async (event, context) => {
  remaining.of(context);
  await makeRoom();
  return eachRecord(event, (record) => againIfPassing(record, () => work(record)), renderMail);
});

async function work({ body }: SQSRecord): Promise<JobEnd> {
  const message = parseRenderMessage(body);
  logger.appendKeys({ origin: message.origin });
  const outcome = await renderJob(message, control, await openRender());
  count('Renders', outcome.looked);
  logger.info(message.job.work === 'declare' ? 'declared' : 'looked', { ...outcome });
  return done;
}
