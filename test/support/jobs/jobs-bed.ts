import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { Destination } from '../../../shared/model/application.ts';
import type { JobMessage, RenderJob, SyncJob } from '../../../shared/model/job.ts';
import type { StateEvent } from '../../../shared/model/state-event.ts';
import type { Clock, ObjectStore, Ports } from '../../../shared/ports.ts';
import type { Queued } from '../../../shared/queue-ports.ts';
import { saveRegistered } from '../../../shared/state/clusters.ts';
import { keepState } from '../../../shared/state/kept-state.ts';
import type { JobEnd } from '../../../shared/workflows/jobs/job-end.ts';
import type { RenderPorts, SyncPorts } from '../../../shared/workflows/jobs/job-ports.ts';
import { KnownClusters } from '../../../shared/workflows/jobs/known-clusters.ts';
import { renderJob } from '../../../shared/workflows/jobs/render-job.ts';
import { type ScanOutcome, scanRegistered } from '../../../shared/workflows/jobs/scan-cluster-job.ts';
import { type Scheduled, scheduleLooks } from '../../../shared/workflows/jobs/schedule-looks.ts';
import { workOnApplication } from '../../../shared/workflows/jobs/work-on-application.ts';
import type { ControlRepository } from '../../../shared/workflows/serve/declare.ts';
import type { GitServer } from '../git-server.ts';
import { MemoryQueue } from './memory-queue.ts';

/** The work of an installation in one process: the zones share nothing but the store and the queues. */
export type JobsBed = {
  readonly renderQueue: MemoryQueue;
  readonly syncQueue: MemoryQueue;
  readonly events: StateEvent[];
  readonly control: ControlRepository;
  readonly renderPorts: RenderPorts;
  readonly syncPorts: SyncPorts;
  tick(): Promise<Scheduled>;
  /** Works on all render jobs that wait. */
  render(): Promise<void>;
  /** Works once on each sync job that waits; those that are to be gone on with wait again. */
  sync(options?: { readonly waitMs?: number }): Promise<readonly JobEnd[]>;
  /** Of the cluster, or of another that is registered. */
  scan(cluster?: string): Promise<ScanOutcome>;
  /** Puts a job into the sync queue, as whoever asks for it does; it may be there already. */
  send(job: SyncJob, origin?: string): void;
  /** A first tick, its renders and syncs. */
  settle(): Promise<void>;
};

export type JobsBedOptions = {
  /** In place of the engine's cluster. */
  readonly cluster?: (cluster: Cluster) => Cluster;
  /** What a destination leads to; default: that cluster, whatever it is. */
  readonly open?: (destination: Destination, cluster: Cluster) => Cluster;
  readonly store?: (store: ObjectStore) => ObjectStore;
  readonly clock?: Clock;
};

/** What an installation stands on: all outside of it. */
export type Outside = { readonly ports: Ports; readonly git: Pick<GitServer, 'url'> };

export const clusterId = 'test-cluster';
/** Of all that waits, until nothing does. */
const mostRounds = 10;
const control = { revision: 'main', path: '' };

/** Opens an installation whose control repository is `control` of the Git server. */
export async function openJobsBed(outside: Outside, options: JobsBedOptions = {}): Promise<JobsBed> {
  const store = options.store?.(outside.ports.store) ?? outside.ports.store;
  const ports: Ports = { ...outside.ports, store, clock: options.clock ?? outside.ports.clock };
  const own = await ports.clusters.open({ server: 'https://kubernetes.default.svc', namespace: '' });
  const cluster = options.cluster?.(own) ?? own;
  await saveRegistered(store, {
    id: clusterId,
    name: clusterId,
    aliases: [],
    zone: 'public',
    server: (await own.facts()).server,
    certificateAuthority: '',
    isPrivate: false,
  });
  const [renderQueue, syncQueue] = [new MemoryQueue(), new MemoryQueue()];
  const events: StateEvent[] = [];
  const kept = { render: keepState(), sync: keepState(), schedule: keepState() };
  const renderPorts: RenderPorts = {
    ...ports,
    kept: kept.render,
    clusters: new KnownClusters({ store, kept: kept.render }),
    gitOf: () => ports.git,
    syncQueue: () => syncQueue,
  };
  const syncPorts: SyncPorts = {
    ...ports,
    kept: kept.sync,
    rendersElsewhere: true,
    clusters: { open: async (destination) => options.open?.(destination, cluster) ?? cluster },
    syncQueue,
    renderQueue,
    announcer: { announce: async (told) => void events.push(...told) },
  };
  const place: ControlRepository = { ...control, repoURL: outside.git.url('control') };
  const bed: JobsBed = {
    renderQueue,
    syncQueue,
    events,
    control: place,
    renderPorts,
    syncPorts,
    tick: () => scheduleLooks(place, 'tick', { ...ports, kept: kept.schedule, renderQueue }),
    render: async () => {
      for (const { message } of renderQueue.take())
        await renderJob(message as JobMessage<RenderJob>, place, renderPorts);
    },
    sync: async ({ waitMs = 20_000 } = {}) => {
      const ends: JobEnd[] = [];
      for (const queued of syncQueue.take()) ends.push(await workOn(queued, { waitMs, syncPorts, syncQueue }));
      return ends;
    },
    scan: (cluster = clusterId) => scanRegistered(cluster, 'scan', syncPorts),
    send: (job, origin = 'ada') => syncQueue.putBack({ group: job.application, id: origin, message: { job, origin } }),
    settle: async () => {
      await bed.scan();
      for (let round = 0; round < mostRounds; round += 1) {
        await bed.tick();
        await bed.render();
        while (syncQueue.size > 0) await bed.sync();
        await bed.scan();
        if (renderQueue.size + syncQueue.size === 0 && (await bed.tick()).queued === 0) return;
      }
      throw new Error('there is always something left to do');
    },
  };
  return bed;
}

type Means = { readonly waitMs: number; readonly syncPorts: SyncPorts; readonly syncQueue: MemoryQueue };

async function workOn(queued: Queued, { waitMs, syncPorts, syncQueue }: Means): Promise<JobEnd> {
  const signals = { signal: new AbortController().signal, superseded: AbortSignal.timeout(waitMs) };
  const message = queued.message as JobMessage<SyncJob>;
  const end = await workOnApplication(message, { signals, attempt: 1 }, syncPorts);
  if (end.is === 'again') syncQueue.putBack(queued);
  return end;
}
