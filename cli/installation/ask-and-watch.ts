import { attempt } from '../../shared/apply/attempt.ts';
import { PlumbError } from '../../shared/errors.ts';
import type { Head } from '../../shared/model/head.ts';
import type { SyncJob } from '../../shared/model/job.ts';
import type { RegisteredCluster } from '../../shared/model/registered-cluster.ts';
import { inParallel } from '../../shared/workflows/in-parallel.ts';
import type { Chosen } from '../choose-applications.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { exitCodes, reportFailure, type Session } from '../session.ts';
import { exitCodeOfSync } from '../sync-options.ts';
import { openHeadFeed } from '../watching/head-feed.ts';
import { clusterOf } from './find-declared.ts';
import { type Steering, sendJobs, type ZoneJob } from './steering.ts';
import { type AskedSync, SyncWatch } from './sync-watch.ts';
import { tellAsked } from './tell-asked.ts';
import { watchHeads } from './watch-heads.ts';

/** What is asked for of each application. */
export type Asking = Pick<AskedSync, 'waitMs' | 'timeoutMs' | 'isPartial'> & {
  /** The job; undefined where there is nothing to do; an error that says why it would come to nothing. */
  readonly jobFor: (chosen: Chosen, head: Head | undefined) => Promise<SyncJob | undefined>;
  /** Default: the application. Jobs of one group wait for each other. */
  readonly groupOf?: (application: string) => string;
};

/** What a command prints of one application, and what it ends with. */
export type Told = { readonly exitCode: number; readonly record?: object };

/** Asks an installation for work on applications, and shows what becomes of it. One that cannot be asked for keeps no other back. */
export async function askAndWatch(
  session: Session,
  {
    steering,
    chosen,
    asking,
  }: { readonly steering: Steering; readonly chosen: readonly Chosen[]; readonly asking: Asking },
): Promise<readonly Told[]> {
  const signal = session.shell.interruption();
  const feed = openHeadFeed(
    steering.store,
    chosen.map(({ application }) => application.name),
  );
  const { heads } = await feed.look();
  const prepared = await inParallel(chosen, applicationsAtOnce, (each) =>
    attempt(prepare(each, heads.get(each.application.name), { steering, asking })),
  );
  const told = new Map<string, Told>();
  const ready = prepared.flatMap((each, index) => {
    if (each.ok) return each.value ?? [];
    const name = chosen[index]?.application.name ?? '';
    reportFailure(session, each.error, name);
    told.set(name, { exitCode: exitCodes.error });
    return [];
  });
  if (ready.length === 0) return [...told.values()];
  await sendJobs(
    ready.map(({ zoneJob }) => zoneJob),
    steering,
  );
  tellAsked(session, steering);
  await watchHeads(
    ready.map(({ watch }) => watch),
    {
      feed,
      clock: steering.clock,
      reporter: session.progress,
      signal,
      onEnded: (watch) => told.set(watch.name, tellEnded(session, watch, steering)),
    },
  );
  return [...told.values()];
}

const applicationsAtOnce = 10;

type Prepared = { readonly zoneJob: ZoneJob; readonly watch: SyncWatch };

async function prepare(
  chosen: Chosen,
  head: Head | undefined,
  { steering, asking }: { readonly steering: Steering; readonly asking: Asking },
): Promise<Prepared | undefined> {
  const { application } = chosen;
  const { zone }: RegisteredCluster = await clusterOf(chosen, steering);
  const job = await asking.jobFor(chosen, head);
  if (job === undefined) return undefined;
  const { jobFor: _jobFor, groupOf, ...limits } = asking;
  const sentAt = steering.clock.now().getTime();
  return {
    zoneJob: { zone, group: groupOf?.(application.name) ?? application.name, job },
    watch: new SyncWatch({ application, origin: steering.origin, sentAt, ...limits }, head),
  };
}

function tellEnded(session: Session, watch: SyncWatch, { clock }: Steering): Told {
  const { progress, options, colours } = session;
  const { ended, asked, name } = watch;
  progress.finish(name);
  if (ended === undefined) return { exitCode: exitCodes.interrupted };
  if (ended.is === 'refused') {
    reportFailure(session, ended.error, name);
    return { exitCode: isFailure(ended.error) ? exitCodes.failed : exitCodes.error };
  }
  const ms = clock.now().getTime() - asked.sentAt;
  if (options.output === 'table')
    for (const outcome of ended.outcomes) progress.print(`${formatSummary(outcome, ms, colours)}\n`);
  const [first, second] = ended.outcomes;
  const record = {
    ...(first === undefined ? {} : syncRecord(first, ms)),
    ...(second === undefined ? {} : { rollback: syncRecord(second, ms) }),
  };
  const isWell = ended.isInTime && second === undefined && first !== undefined;
  return { exitCode: isWell ? exitCodeOfSync(first, asked) : exitCodes.failed, record };
}

function isFailure(error: unknown): boolean {
  return error instanceof PlumbError && error.code === 'sync-failed';
}
