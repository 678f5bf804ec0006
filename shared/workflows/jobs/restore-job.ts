import { createHash } from 'node:crypto';
import { adviceOf, isWorthAnotherTry, PlumbError } from '../../errors.ts';
import type { JobMessage, RestoreJob } from '../../model/job.ts';
import { loadRestore, loadRestoreReport, saveRestoreRefusal } from '../../state/restores.ts';
import { executeRestore } from '../restore/execute-restore.ts';
import { clusterNamed } from '../restore/known-clusters.ts';
import { planRestore, type RestoreRequest } from '../restore/plan-restore.ts';
import { announceState } from './announce-state.ts';
import { done, type JobEnd } from './job-end.ts';
import type { SyncPorts } from './job-ports.ts';
import { refusedBy } from './refused-by.ts';

/** How soon a restore is gone on with that was left for want of time. */
const resumeMs = 5_000;
const passingMs = 30_000;
const mostTries = 5;
/** The same for one that has begun: each time that it was left for want of time counts. */
const mostTriesOfBegun = 200;

type Working = { readonly signal: AbortSignal; readonly attempt: number };

/** Restores a cluster's applications, as far as it gets before the signal fires. The same message twice is one restore. */
export async function restoreByJob(
  { job, origin }: JobMessage<RestoreJob>,
  { signal, attempt }: Working,
  ports: SyncPorts,
): Promise<JobEnd> {
  const id = restoreId(origin);
  try {
    const cluster = await clusterNamed(job.cluster, ports.store);
    if ((await loadRestoreReport(ports.store, cluster, id)) !== undefined) return done;
    const plan = await planRestore(requestOf(job), ports);
    for (const message of plan.notices) ports.reporter.report({ type: 'notice', level: 'warning', message });
    const report = await executeRestore(plan, ports, { signal, id });
    for (const { restoration } of plan.applications) await announceState(restoration.name, ports);
    return report === undefined ? { is: 'again', afterMs: resumeMs, waitsFor: `the restore of ${job.cluster}` } : done;
  } catch (error) {
    return endAfterTrouble(error, { cluster: job.cluster, id, attempt }, ports);
  }
}

type Failing = { readonly cluster: string; readonly id: string; readonly attempt: number };

/** Whoever waits for the report of what cannot be done is told why there will be none. */
async function endAfterTrouble(error: unknown, failing: Failing, ports: SyncPorts): Promise<JobEnd> {
  ports.reporter.report({ type: 'notice', level: 'error', message: `${failing.cluster}: ${adviceOf(error)}` });
  const mayPass = isWorthAnotherTry(error);
  if (mayPass && failing.attempt < (await triesOf(failing, ports)))
    return { is: 'again', afterMs: passingMs, waitsFor: adviceOf(error) };
  await saveRestoreRefusal(ports.store, failing, refusedBy(error));
  return error instanceof PlumbError && !mayPass ? done : { is: 'hopeless', reason: adviceOf(error) };
}

async function triesOf({ cluster, id }: Failing, { store }: SyncPorts): Promise<number> {
  const record = (await loadRestore(store, cluster))?.record;
  return record?.id === id && record.finishedAt === undefined ? mostTriesOfBegun : mostTries;
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
