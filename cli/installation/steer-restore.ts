import type { RestoreJob } from '../../shared/model/job.ts';
import { isRestored, type RestoreReport } from '../../shared/model/restore.ts';
import { loadRestore } from '../../shared/state/restores.ts';
import { restoreId } from '../../shared/workflows/jobs/restore-job.ts';
import type { RestoreRequest } from '../../shared/workflows/restore/plan-restore.ts';
import { formatReport } from '../output/restore-report-view.ts';
import { reportRecord } from '../output/restore-view.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Session } from '../session.ts';
import { openHeadFeed } from '../watching/head-feed.ts';
import { outlive } from '../watching/outlive.ts';
import { endInterrupted } from './end-watching.ts';
import { placeRestore, type RestorePlace } from './place-restore.ts';
import { type AskedRestore, lookAtRestore, RestoreProgress } from './restore-watch.ts';
import { type Steering, sendJobs } from './steering.ts';
import { tellAsked } from './tell-asked.ts';

const lookEveryMs = 1_000;

/** `plumb restore cluster` where an installation does the work: it is asked to, and watched. */
export async function steerRestore(session: Session, steering: Steering, request: RestoreRequest): Promise<number> {
  const signal = session.shell.interruption();
  const place = await placeRestore(request, steering);
  const job = toJob(request, place);
  const asked = { cluster: place.cluster, ids: await idsOf(job, steering), sentAt: steering.clock.now().getTime() };
  await sendJobs([{ zone: place.to.zone, group: place.cluster, job }], steering);
  tellAsked(session, steering);
  session.progress.nameApplications();
  const report = await watchRestore(asked, steering, { reporter: session.progress, signal });
  session.progress.close();
  if (report === undefined) return endInterrupted(session, 'the restore goes on, and plumb list tells of it');
  await print(session, report, steering.clock.now().getTime() - asked.sentAt);
  return isRestored(report) ? exitCodes.ok : exitCodes.failed;
}

function toJob({ to, at, apps }: RestoreRequest, place: RestorePlace): RestoreJob {
  return {
    work: 'restore',
    cluster: place.cluster,
    ...(to === undefined ? {} : { to: place.to.id }),
    ...(at === undefined ? {} : { at: new Date(at.time).toISOString() }),
    ...(apps === undefined ? {} : { apps }),
  };
}

/** The same words go on with a restore that has not come to its end, and that one's report is the one that there will be. */
async function idsOf({ cluster, to, at, apps }: RestoreJob, { store, origin }: Steering): Promise<readonly string[]> {
  const own = restoreId(origin);
  const record = (await loadRestore(store, cluster))?.record;
  if (record === undefined || record.finishedAt !== undefined) return [own];
  const { asked } = record;
  return asked.to === to && asked.at === at && asked.apps === apps ? [own, record.id] : [own];
}

/** Undefined: the watching was interrupted. */
async function watchRestore(
  asked: AskedRestore,
  { store, clock }: Steering,
  { reporter, signal }: { readonly reporter: Session['progress']; readonly signal: AbortSignal },
): Promise<RestoreReport | undefined> {
  const [feed, progress] = [openHeadFeed(store), new RestoreProgress(asked)];
  for (; !signal.aborted; await clock.sleep(lookEveryMs, signal)) {
    const seen = await outlive(() => lookAtRestore(store, asked), reporter);
    if (seen?.report !== undefined) return seen.report;
    if (seen?.refused !== undefined) throw seen.refused;
    const heads = seen?.record === undefined ? undefined : await outlive(() => feed.look(), reporter);
    const news = progress.see(seen ?? {}, heads?.heads ?? new Map(), clock.now().getTime());
    for (const each of news) reporter.report(each);
  }
  return undefined;
}

async function print(session: Session, report: RestoreReport, ms: number): Promise<void> {
  const { options, shell, colours } = session;
  const looks = { colours, verbose: options.verbose === true, ms };
  shell.writeOut(
    options.output === 'table'
      ? formatReport(report, { applications: [] }, looks)
      : await formatData(reportRecord(report), options.output),
  );
}
