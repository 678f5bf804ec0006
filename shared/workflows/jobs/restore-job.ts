import { createHash } from 'node:crypto';
import { adviceOf, PlumbError } from '../../errors.ts';
import type { JobMessage, RestoreJob } from '../../model/job.ts';
import { loadRestoreReport } from '../../state/restores.ts';
import { executeRestore } from '../restore/execute-restore.ts';
import { planRestore, type RestoreRequest } from '../restore/plan-restore.ts';
import { announceState } from './announce-state.ts';
import { done, type JobEnd } from './job-end.ts';
import type { SyncPorts } from './job-ports.ts';

/** How soon a restore is gone on with that was left for want of time. */
const resumeMs = 5_000;
const passingMs = 30_000;
const mostTries = 5;

/** Restores a cluster's applications, as far as it gets before the signal fires. The same message twice is one restore. */
export async function restoreByJob(
  { job, origin }: JobMessage<RestoreJob>,
  { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: number },
  ports: SyncPorts,
): Promise<JobEnd> {
  const id = restoreId(origin);
  try {
    if ((await loadRestoreReport(ports.store, job.cluster, id)) !== undefined) return done;
    const plan = await planRestore(requestOf(job), ports);
    for (const message of plan.notices) ports.reporter.report({ type: 'notice', level: 'warning', message });
    const report = await executeRestore(plan, ports, { signal, id });
    for (const { restoration } of plan.applications) await announceState(restoration.name, ports);
    return report === undefined ? { is: 'again', afterMs: resumeMs, waitsFor: `the restore of ${job.cluster}` } : done;
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', message: `${job.cluster}: ${adviceOf(error)}` });
    const mayPass = !(error instanceof PlumbError) || error.retryable;
    if (!mayPass) return done;
    if (attempt < mostTries) return { is: 'again', afterMs: passingMs, waitsFor: adviceOf(error) };
    return { is: 'hopeless', reason: adviceOf(error) };
  }
}

/** The report of a restore is found by what asked for it. */
export function restoreId(origin: string): string {
  return createHash('sha256').update(origin).digest('hex').slice(0, 32);
}

function requestOf({ cluster, to, at, apps }: RestoreJob): RestoreRequest {
  return {
    cluster,
    ...(to === undefined ? {} : { to }),
    ...(at === undefined ? {} : { at: { text: at, time: Date.parse(at) } }),
    ...(apps === undefined ? {} : { apps }),
  };
}
