import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { PlumbError } from '../../shared/errors.ts';
import type { Installation } from '../../shared/model/installation.ts';
import type { RestoreJob, SyncJob } from '../../shared/model/job.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Queue } from '../../shared/queue-ports.ts';
import type { KeptStore } from '../../shared/state/kept-state.ts';

/** What an installation on AWS is steered with: its state, and its queues. */
export type Steering = KeptStore & {
  readonly installation: Installation;
  readonly clock: Clock;
  readonly queue: (url: string) => Queue;
  /** What all that this command asks for goes back to. */
  readonly origin: string;
};

/** What steering is opened from. */
type Opening = {
  readonly options: { readonly local?: boolean };
  readonly runtime: () => Pick<Steering, 'queue'> & {
    readonly installation: () => Promise<Installation | undefined>;
    readonly ports: Pick<Steering, 'store' | 'clock'>;
  };
};

/** Undefined: the store is that of no installation, or the work is to be done here all the same. */
export async function openSteering({ options, runtime }: Opening): Promise<Steering | undefined> {
  if (options.local === true) return undefined;
  const { installation, queue, ports } = runtime();
  const found = await installation();
  if (found === undefined) return undefined;
  const { keepState } = await import('../../shared/state/kept-state.ts');
  const { store, clock } = ports;
  return { installation: found, store, kept: keepState(), clock, queue, origin: `${whoAmI()} ${randomUUID()}` };
}

/** For those who read it later: `plumb ada@laptop`. */
function whoAmI(): string {
  return `plumb ${userName()}@${hostname()}`;
}

/** A container may have nobody for the user that it runs as. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

/** Work for those who hold the clusters of a zone. */
export type ZoneJob = {
  readonly zone: string;
  /** Jobs of one group are worked on one after another. */
  readonly group: string;
  readonly job: SyncJob | RestoreJob;
};

/** Puts work into the queues of an installation. PlumbError `queue-unavailable` where one is not there, or does not take it. */
export async function sendJobs(jobs: readonly ZoneJob[], steering: Steering): Promise<void> {
  const { queue, origin } = steering;
  const byUrl = Map.groupBy(jobs, (each) => queueOf(each, steering.installation));
  await Promise.all(
    [...byUrl].map(([url, all]) =>
      queue(url).send(
        all.map(({ group, job }) => ({ group, id: `${job.work} ${group} ${origin}`, message: { job, origin } })),
      ),
    ),
  );
}

function queueOf({ zone, job }: ZoneJob, { id, syncQueues, restoreQueues }: Installation): string {
  const url = (job.work === 'restore' ? restoreQueues : syncQueues)[zone];
  if (url !== undefined) return url;
  throw new PlumbError('queue-unavailable', `installation ${id} has no queue for zone ${zone}`, {
    object: zone,
    hint: 'deploy it again; what it is made of is written to its store within minutes of that',
  });
}
