import type { Head } from '../../model/head.ts';
import type { JobMessage, SyncJob } from '../../model/job.ts';
import { decideAutoRollback } from '../../plan/auto-rollback.ts';
import { loadScanned } from '../../state/clusters.ts';
import { loadHead } from '../../state/heads.ts';
import { applicationsBeingRestored } from '../../state/restores.ts';
import { rollbackIfAsked } from '../rollback/auto-rollback.ts';
import { type Followed, parentOf, type Signals } from '../serve/follow.ts';
import { watchRegistry } from '../serve/watch-registry.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import { announceState } from './announce-state.ts';
import { answerDone, isAskedFor } from './answer-job.ts';
import { carryOut } from './carry-out.ts';
import { loadFollowed } from './declarations.ts';
import { endOfJob, isToBeWatched } from './end-of-job.ts';
import { done, type JobEnd } from './job-end.ts';
import type { SyncPorts } from './job-ports.ts';
import { findCluster } from './known-clusters.ts';
import { endAfterTrouble } from './trouble.ts';

/** How soon it is looked again whether a restore is over. */
const restoringMs = 15_000;

export type Working = {
  readonly signals: Omit<Signals, 'origin'>;
  /** How often the job was given to somebody, this time included. */
  readonly attempt: number;
};

type Asked = JobMessage<SyncJob> & { readonly followed: Followed };

/**
 * Does what a job asks of one application, as far as it gets in the time there is. It may be done twice, late, and from where another
 * left it: each time all is read afresh.
 */
export async function workOnApplication(
  message: JobMessage<SyncJob>,
  { signals, attempt }: Working,
  ports: SyncPorts,
): Promise<JobEnd> {
  const { job } = message;
  const followed = (await loadFollowed(ports)).get(job.application);
  if (followed === undefined) return tellUndeclared(job, ports);
  const asked = { ...message, followed };
  const end = await work(asked, signals, ports).catch((error: unknown) =>
    endAfterTrouble(error, { ...asked, attempt }, ports),
  );
  // Whoever cannot be told is no trouble of the application: it is told when the job comes again.
  await announceState(job.application, ports);
  return end;
}

async function work(asked: Asked, given: Working['signals'], ports: SyncPorts): Promise<JobEnd> {
  const { job, origin, followed } = asked;
  const { application } = followed.declared;
  const waiting = await reasonToWait(asked, ports);
  if (waiting !== undefined) return waiting;
  const signals: Signals = { ...given, origin };
  const head = await declaring(asked, ports, (own) => carryOut(job, followed, { signals, ports: own }));
  const after = (head && (await goBackIfAsked(followed, head, { signals, ports }))) ?? head;
  const current = after ?? (await loadHead(ports.store, application.name))?.head;
  const end = endOfJob({ job, origin, application }, current, nowOf(ports));
  if (end.is === 'done') await conclude(asked, current, ports);
  return end;
}

/** Whoever waits for it is told; its health is watched by a job beside those that may come now. */
async function conclude(asked: Asked, head: Head | undefined, ports: SyncPorts): Promise<void> {
  await answerDone(asked, ports);
  const { operation } = head ?? {};
  if (head === undefined || operation === undefined || isHealthJob(asked) || !isToBeWatched(head, nowOf(ports))) return;
  const { application } = head;
  const message = { job: { work: 'follow', application, cause: 'health' }, origin: asked.origin } as const;
  await ports.syncQueue.send([{ group: `${application} health`, id: `health ${operation.id}`, message }]);
}

function isHealthJob({ job }: Asked): boolean {
  return job.work === 'follow' && job.cause === 'health';
}

/** Whoever restores has the word until it is done; a cluster that is away is not tried by everybody: its next scan tries. */
async function reasonToWait(asked: Asked, ports: SyncPorts): Promise<JobEnd | undefined> {
  const { name, destination } = asked.followed.declared.application;
  const { id } = await findCluster(destination, ports);
  const away = (await loadScanned(ports.store, id))?.scanned.away;
  const awayMs = Date.parse(away?.until ?? '') - nowOf(ports);
  if (away !== undefined && awayMs > 0) {
    const message = `left until cluster ${id} answers again: ${away.message}`;
    ports.reporter.report({ type: 'notice', level: 'warning', application: name, message });
    // What a scan finds by itself does not wait in the queue.
    return isAskedFor(asked) ? { is: 'again', afterMs: awayMs, waitsFor: `cluster ${id}` } : done;
  }
  const restoring = await applicationsBeingRestored(ports);
  return restoring.has(name) ? { is: 'again', afterMs: restoringMs, waitsFor: 'a restore to end' } : undefined;
}

/** Does some work; what an application of applications has declared by it is to be rendered, however the work ends. */
async function declaring<Result>(
  { job: { application }, origin }: Asked,
  ports: SyncPorts,
  work: (ports: SyncPorts) => Promise<Result>,
): Promise<Result> {
  let declares = false;
  const store = watchRegistry(ports.store, () => {
    declares = true;
  });
  try {
    return await work({ ...ports, store });
  } finally {
    // Parents may have parents, and all go back to one origin.
    const id = `children ${application} ${ports.clock.now().toISOString()}`;
    if (declares)
      await ports.renderQueue.send([{ group: 'declare', id, message: { job: { work: 'declare' }, origin } }]);
  }
}

async function goBackIfAsked(
  { declared, project }: Followed,
  head: Head,
  { signals, ports }: { readonly signals: Signals; readonly ports: SyncPorts },
): Promise<Head | undefined> {
  const { application } = declared;
  if (decideAutoRollback(application, head) === undefined) return undefined;
  // What it goes back from is told before it is gone.
  await announceState(application.name, ports);
  const outcome = await rollbackIfAsked({ application, project, ...signals, ...parentOf(declared) }, head, ports);
  if (outcome !== undefined) reportOutcome(outcome, ports.reporter);
  return outcome?.head;
}

function tellUndeclared({ application }: SyncJob, { reporter }: SyncPorts): JobEnd {
  const message = 'left alone: nothing declares it (any more)';
  reporter.report({ type: 'notice', level: 'warning', application, message });
  return done;
}

function nowOf({ clock }: SyncPorts): number {
  return clock.now().getTime();
}
