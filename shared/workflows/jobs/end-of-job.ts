import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import type { JobMessage, SyncJob } from '../../model/job.ts';
import { decideAutoSync } from '../../plan/auto-sync.ts';
import { done, type JobEnd } from './job-end.ts';

/** How soon work is gone on with that was left for want of time. */
const resumeMs = 10_000;
/** Longer waits than this are not made in a queue, where they would hold up what comes after: a scan finds what is due. */
const longestWaitMs = 60_000;
/** How long after a sync its health is watched closely. */
const watchMs = 15 * 60_000;

/** A job, as it is asked for by `origin`, of an application as it is declared. */
export type AskedJob = JobMessage<SyncJob> & { readonly application: Application };

/**
 * What is left to do for an application after work on it, for that very job: what it could only wait for is left to those who come
 * after it, and to scans. `now` is milliseconds since 1970.
 */
export function endOfJob(asked: AskedJob, head: Head | undefined, now: number): JobEnd {
  if (head === undefined) return done;
  const { operation, health } = head;
  if (isOf(asked, ['health'])) return isToBeWatched(head, now) ? again(resumeMs, health.message) : done;
  if (operation?.phase === 'Running') return canGoOn(asked, head) ? again(resumeMs, operation.message) : done;
  return operation?.phase === 'Failed' && canTryAgain(asked) ? retryOf(asked, head, now) : done;
}

/** True while a sync is so fresh that its rollouts are looked after. `now` is milliseconds since 1970. */
export function isToBeWatched({ operation, health }: Head, now: number): boolean {
  if (operation === undefined || operation.phase === 'Running') return false;
  return health.code === 'Progressing' && now - Date.parse(operation.finishedAt ?? '') < watchMs;
}

/** A repair, or a look at secrets, does not go on with what somebody else has begun. */
function canGoOn(asked: AskedJob, { operation }: Head): boolean {
  const { application, job, origin } = asked;
  if (job.work !== 'follow' || operation?.origin === origin) return true;
  return isOf(asked, ['git', 'retry']) && application.syncPolicy.automated !== undefined;
}

/** A person who asks for a sync is told how it ended; whether drift is to be repaired again, the next scan says. */
function canTryAgain(asked: AskedJob): boolean {
  return asked.job.work === 'rollback' || isOf(asked, ['git', 'retry', 'secret']);
}

function isOf({ job }: AskedJob, causes: readonly string[]): boolean {
  return job.work === 'follow' && causes.includes(job.cause);
}

function retryOf({ application }: AskedJob, head: Head, now: number): JobEnd {
  const renderDigest = head.operation?.renderDigest ?? '';
  const decision = decideAutoSync({ application, head, renderDigest, drift: undefined, now });
  if (decision.sync) return again(resumeMs, 'the next attempt');
  if (decision.notBefore === undefined || decision.notBefore - now > longestWaitMs) return done;
  return again(Math.max(1_000, decision.notBefore - now), decision.because);
}

function again(afterMs: number, waitsFor: string): JobEnd {
  return { is: 'again', afterMs, waitsFor };
}
