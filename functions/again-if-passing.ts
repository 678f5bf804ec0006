import type { SQSRecord } from 'aws-lambda';
import { adviceOf, isWorthAnotherTry } from '../shared/errors.ts';
import type { JobEnd } from '../shared/workflows/jobs/job-end.ts';
import { logger } from './middleware.ts';
import { triesOf } from './tries.ts';

const firstPauseMs = 15_000;
const mostTries = 5;

/** Tries again what may pass by itself, a while later each time; what does not pass, nobody can do anything with. */
export async function againIfPassing(record: SQSRecord, work: () => Promise<JobEnd>): Promise<JobEnd> {
  try {
    return await work();
  } catch (error) {
    const reason = adviceOf(error);
    logger.error(reason);
    const tries = triesOf(record);
    const mayPass = isWorthAnotherTry(error);
    if (!mayPass || tries >= mostTries) return { is: 'hopeless', reason };
    return { is: 'again', afterMs: firstPauseMs * tries, waitsFor: reason };
  }
}
