import type { Head } from '../../model/head.ts';
import type { SyncJob } from '../../model/job.ts';
import type { SyncOutcome, SyncRequest } from '../../model/sync-request.ts';
import { unfinishedPin } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { rollbackApplication } from '../rollback/rollback.ts';
import { unpinApplication } from '../rollback/unpin.ts';
import { type Followed, followCluster, followGit, parentOf, type Signals } from '../serve/follow.ts';
import { refreshHealth } from '../serve/refresh-health.ts';
import { refreshSecrets } from '../serve/refresh-secrets.ts';
import { moveHead } from '../sync/move-head.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import { syncApplication } from '../sync/sync.ts';

type Carrying = { readonly signals: Signals; readonly ports: Ports };

/** Does what a job asks; gives the head as it then is, or undefined where nothing was to be done. */
export async function carryOut(job: SyncJob, followed: Followed, carrying: Carrying): Promise<Head | undefined> {
  const { signals, ports } = carrying;
  if (job.work === 'follow') return follow(job.cause, followed, carrying);
  const before = (await loadHead(ports.store, job.application))?.head;
  // It was done before: what is left of it is to see how it ends.
  if (isDone(job, before, signals.origin)) return refreshHealth(followed.declared.application, ports);
  if (job.work === 'unpin') {
    await unpinApplication(job.application, ports);
    return followGit(followed, ports, signals);
  }
  const { work: _work, application: _name, ...asked } = job;
  const request = { ...requestOf(followed, signals), ...asked };
  const outcome: SyncOutcome =
    job.work === 'sync'
      ? await syncApplication({ ...request, reason: 'manual' }, ports)
      : await rollbackApplication({ ...request, ...unfinished(before, signals.origin) }, ports);
  reportOutcome(outcome, ports.reporter);
  return outcome.head;
}

function follow(
  cause: (SyncJob & { readonly work: 'follow' })['cause'],
  followed: Followed,
  carrying: Carrying,
): Promise<Head | undefined> {
  const { signals, ports } = carrying;
  if (cause === 'drift') return followCluster(followed, ports, signals);
  if (cause === 'secret') return readSecretsAgain(followed, carrying);
  if (cause === 'health') return refreshHealth(followed.declared.application, ports);
  return followGit(followed, ports, signals);
}

function requestOf({ declared, project }: Followed, signals: Signals): Omit<SyncRequest, 'reason'> {
  return { application: declared.application, project, ...signals, ...parentOf(declared) };
}

/** Who asks once is served once, however often the message comes. */
function isDone({ work }: SyncJob, head: Head | undefined, origin: string | undefined): boolean {
  if (head === undefined || origin === undefined) return false;
  const { operation, pin, answered } = head;
  if (answered?.origin === origin) return true;
  // A pin that was saved says nothing of the sync that was to follow.
  if (work === 'rollback' && pin?.origin === origin)
    return operation?.phase === 'Succeeded' && unfinishedPin(head) === undefined;
  return operation?.origin === origin && operation.phase !== 'Running';
}

/** A rollback that was left on its way goes on to what it had chosen. */
function unfinished(head: Head | undefined, origin: string | undefined): { readonly snapshot?: string } {
  const { pin } = head ?? {};
  return pin === undefined || pin.origin !== origin ? {} : { snapshot: pin.snapshot };
}

/** Where there is nothing to read with, that was looked at, too. */
async function readSecretsAgain(followed: Followed, { signals, ports }: Carrying): Promise<Head | undefined> {
  const { name } = followed.declared.application;
  ports.secrets.stores.forget();
  await refreshSecrets(followed, ports, signals);
  if ((await loadHead(ports.store, name)) === undefined) return undefined;
  const secretsReadAt = ports.clock.now().toISOString();
  return moveHead(name, ports, (current) => ({ ...current, secretsReadAt }));
}
