import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { declareAgain } from '../shared/workflows/jobs/declare-job.ts';
import { done, type JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { lookAtRepository } from '../shared/workflows/jobs/look-job.ts';
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
  const { job, origin } = parseRenderMessage(body);
  logger.appendKeys({ origin });
  const ports = await openRender();
  const outcome =
    job.work === 'declare'
      ? await declareAgain(control, origin, ports)
      : await lookAtRepository(job.repoURLs, origin, ports);
  count('Renders', outcome.looked);
  logger.info(job.work === 'declare' ? 'declared' : 'looked', { ...outcome });
  return done;
}
