import type { Head } from '../../model/head.ts';
import type { JobMessage, SyncJob } from '../../model/job.ts';
import { loadScanned } from '../../state/clusters.ts';
import { loadHead } from '../../state/heads.ts';
import { applicationsBeingRestored } from '../../state/restores.ts';
import { rollbackIfAsked } from '../rollback/auto-rollback.ts';
import { type Followed, parentOf, type Signals } from '../serve/follow.ts';
import { watchRegistry } from '../serve/watch-registry.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import { announceState } from './announce-state.ts';
import { carryOut } from './carry-out.ts';
import { loadFollowed } from './declarations.ts';
import { endOfJob } from './end-of-job.ts';
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

/**
 * Does what a job asks of one application, as far as it gets in the time there is. It may be done twice, late, and from where another
 * left it: each time all is read afresh.
 */
export async function workOnApplication(
  { job, origin }: JobMessage<SyncJob>,
  working: Working,
  ports: SyncPorts,
): Promise<JobEnd> {
  const followed = (await loadFollowed(ports)).get(job.application);
  if (followed === undefined) return tellUndeclared(job, ports);
  const { application } = followed.declared;
  try {
    const waiting = await reasonToWait(followed, ports);
    if (waiting !== undefined) return waiting;
    let declares = false;
    const store = watchRegistry(ports.store, () => {
      declares = true;
    });
    const signals = { ...working.signals, origin };
    const head = await carryOut(job, followed, { signals, ports: { ...ports, store } });
    const after = (head && (await goBackIfAsked(followed, head, { signals, ports }))) ?? head;
    if (declares) await renderChildren(origin, ports);
    await announceState(application.name, ports);
    return endOfJob(application, after ?? (await loadHead(ports.store, application.name))?.head, nowOf(ports));
  } catch (error) {
    const end = await endAfterTrouble(error, { followed, attempt: working.attempt }, ports);
    await announceState(application.name, ports);
    return end;
  }
}

/** Whoever restores has the word until it is done; a cluster that is away is not tried by everybody: its next scan tries. */
async function reasonToWait({ declared }: Followed, ports: SyncPorts): Promise<JobEnd | undefined> {
  const { name, destination } = declared.application;
  const { id } = await findCluster(destination, ports);
  const away = (await loadScanned(ports.store, id))?.scanned.away;
  if (away !== undefined && Date.parse(away.until) > nowOf(ports)) {
    const message = `left until cluster ${id} answers again: ${away.message}`;
    ports.reporter.report({ type: 'notice', level: 'warning', application: name, message });
    return done;
  }
  const restoring = await applicationsBeingRestored(ports);
  return restoring.has(name) ? { is: 'again', afterMs: restoringMs, waitsFor: 'a restore to end' } : undefined;
}

async function goBackIfAsked(
  { declared, project }: Followed,
  head: Head,
  { signals, ports }: { readonly signals: Signals; readonly ports: SyncPorts },
): Promise<Head | undefined> {
  const request = { application: declared.application, project, ...signals, ...parentOf(declared) };
  const outcome = await rollbackIfAsked(request, head, ports);
  if (outcome !== undefined) reportOutcome(outcome, ports.reporter);
  return outcome?.head;
}

/** What an application of applications has just declared is to be rendered. */
async function renderChildren(origin: string, { renderQueue }: SyncPorts): Promise<void> {
  await renderQueue.send([
    { group: 'declare', id: `children ${origin}`, message: { job: { work: 'declare' }, origin } },
  ]);
}

function tellUndeclared({ application }: SyncJob, { reporter }: SyncPorts): JobEnd {
  const message = 'left alone: nothing declares it (any more)';
  reporter.report({ type: 'notice', level: 'warning', application, message });
  return done;
}

function nowOf({ clock }: SyncPorts): number {
  return clock.now().getTime();
}
