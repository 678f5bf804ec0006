import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { decideAutoSync } from '../../plan/auto-sync.ts';
import { done, type JobEnd } from './job-end.ts';

/** How soon work is gone on with that was left for want of time. */
const resumeMs = 10_000;
/** Longer waits than this are not made in a queue, where they would hold up what comes after: a scan finds what is due. */
const longestWaitMs = 60_000;
/** How long after a sync its health is watched closely. */
const watchMs = 15 * 60_000;

/** What is left to do for an application after work on it. `now` is milliseconds since 1970. */
export function endOfJob(application: Application, head: Head | undefined, now: number): JobEnd {
  if (head === undefined) return done;
  const { operation, health } = head;
  if (operation?.phase === 'Running') return again(resumeMs, operation.message);
  if (operation?.phase === 'Failed') return retryOf(application, head, now);
  const isFresh = now - Date.parse(operation?.finishedAt ?? '') < watchMs;
  return isFresh && health.code === 'Progressing' ? again(resumeMs, health.message) : done;
}

function retryOf(application: Application, head: Head, now: number): JobEnd {
  const renderDigest = head.operation?.renderDigest ?? '';
  const decision = decideAutoSync({ application, head, renderDigest, drift: undefined, now });
  if (decision.sync) return again(resumeMs, 'the next attempt');
  if (decision.notBefore === undefined || decision.notBefore - now > longestWaitMs) return done;
  return again(Math.max(1_000, decision.notBefore - now), decision.because);
}

function again(afterMs: number, waitsFor: string): JobEnd {
  return { is: 'again', afterMs, waitsFor };
}
