import { adviceOf, isWorthAnotherTry, messageOf, PlumbError } from '../../errors.ts';
import type { JobMessage, SyncJob } from '../../model/job.ts';
import type { Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import type { Followed } from '../serve/follow.ts';
import { answerRefused, isAskedFor } from './answer-job.ts';
import { done, type JobEnd } from './job-end.ts';

/** How soon it is tried again when another worker has the application. */
const lockedMs = 15_000;
/** How soon what may pass by itself is tried again. */
const passingMs = 30_000;
/** Further tries are for the next scan. */
const mostTries = 3;
/** The same where the job has begun something that it has to bring to its end: each time that it was left for want of time counts. */
const mostTriesOfBegun = 200;

type Failing = JobMessage<SyncJob> & { readonly followed: Followed; readonly attempt: number };

/** What is to become of a job that could not be done, after the reason is told, and kept where people look for it. */
export async function endAfterTrouble(error: unknown, failing: Failing, ports: Ports): Promise<JobEnd> {
  const { application: name } = failing.job;
  const code = error instanceof PlumbError ? error.code : undefined;
  if (code === 'sync-locked') return { is: 'again', afterMs: lockedMs, waitsFor: messageOf(error) };
  // Whoever renders has it synced.
  if (code === 'render-pending' && !isAskedFor(failing)) return done;
  ports.reporter.report({ type: 'notice', level: 'error', application: name, message: adviceOf(error) });
  const mayPass = isWorthAnotherTry(error);
  if (mayPass && failing.attempt < (await triesOf(failing, ports)))
    return { is: 'again', afterMs: passingMs, waitsFor: messageOf(error) };
  await answerRefused(failing, error, ports);
  return error instanceof PlumbError ? done : { is: 'hopeless', reason: messageOf(error) };
}

async function triesOf({ job, origin }: Failing, { store }: Ports): Promise<number> {
  if (job.work === 'follow' && job.cause === 'health') return mostTriesOfBegun;
  const operation = (await loadHead(store, job.application))?.head.operation;
  return operation?.phase === 'Running' && operation.origin === origin ? mostTriesOfBegun : mostTries;
}
