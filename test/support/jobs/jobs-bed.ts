import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { JobMessage, RenderJob, SyncJob } from '../../../shared/model/job.ts';
import type { StateEvent } from '../../../shared/model/state-event.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import type { Queued } from '../../../shared/queue-ports.ts';
import { saveRegistered } from '../../../shared/state/clusters.ts';
import { keepState } from '../../../shared/state/kept-state.ts';
import { declareAgain } from '../../../shared/workflows/jobs/declare-job.ts';
import type { JobEnd } from '../../../shared/workflows/jobs/job-end.ts';
import type { RenderPorts, SyncPorts } from '../../../shared/workflows/jobs/job-ports.ts';
import { KnownClusters } from '../../../shared/workflows/jobs/known-clusters.ts';
import { lookAtRepository } from '../../../shared/workflows/jobs/look-job.ts';
import { type ScanOutcome, scanRegistered } from '../../../shared/workflows/jobs/scan-cluster-job.ts';
import { type Scheduled, scheduleLooks } from '../../../shared/workflows/jobs/schedule-looks.ts';
import { workOnApplication } from '../../../shared/workflows/jobs/work-on-application.ts';
import type { Engine } from '../engine.ts';
import { MemoryQueue } from './memory-queue.ts';

/** The work of an installation in one process: the zones share nothing but the store and the queues. */
export type JobsBed = {
  readonly renderQueue: MemoryQueue;
  readonly syncQueue: MemoryQueue;
  readonly events: StateEvent[];
  readonly syncPorts: SyncPorts;
  tick(): Promise<Scheduled>;
  /** Works on all render jobs that wait. */
  render(): Promise<void>;
  /** Works once on each sync job that waits; those that are to be gone on with wait again. */
  sync(options?: { readonly waitMs?: number }): Promise<readonly JobEnd[]>;
  scan(): Promise<ScanOutcome>;
  /** A first tick, its renders and syncs. */
  settle(): Promise<void>;
};

export type JobsBedOptions = {
  /** In place of the engine's cluster. */
  readonly cluster?: (cluster: Cluster) => Cluster;
  readonly store?: (store: ObjectStore) => ObjectStore;
};

export const clusterId = 'test-cluster';
const control = { revision: 'main', path: '' };

/** Opens an installation whose control repository is `control` of the engine's Git server. */
export async function openJobsBed(engine: Engine, options: JobsBedOptions = {}): Promise<JobsBed> {
  const store = options.store?.(engine.ports.store) ?? engine.ports.store;
  const own = await engine.ports.clusters.open({ server: 'https://kubernetes.default.svc', namespace: '' });
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
    ...engine.ports,
    store,
    kept: kept.render,
    clusters: new KnownClusters({ store, kept: kept.render }),
    gitOf: () => engine.ports.git,
    syncQueue: () => syncQueue,
  };
  const syncPorts: SyncPorts = {
    ...engine.ports,
    store,
    kept: kept.sync,
    rendersElsewhere: true,
    clusters: { open: async () => cluster },
    syncQueue,
    renderQueue,
    announcer: { announce: async (told) => void events.push(...told) },
  };
  const place = { ...control, repoURL: engine.git.url('control') };
  const bed: JobsBed = {
    renderQueue,
    syncQueue,
    events,
    syncPorts,
    tick: () => scheduleLooks(place, 'tick', { ...engine.ports, store, kept: kept.schedule, renderQueue }),
    render: async () => {
      for (const { message } of renderQueue.take()) {
        const { job, origin } = message as JobMessage<RenderJob>;
        if (job.work === 'declare') await declareAgain(place, origin, renderPorts);
        else await lookAtRepository(job.repoURLs, origin, renderPorts);
      }
    },
    sync: async ({ waitMs = 20_000 } = {}) => {
      const ends: JobEnd[] = [];
      for (const queued of syncQueue.take()) ends.push(await workOn(queued, { waitMs, syncPorts, syncQueue }));
      return ends;
    },
    scan: () => scanRegistered(clusterId, 'scan', syncPorts),
    settle: async () => {
      await bed.scan();
      do {
        await bed.tick();
        await bed.render();
        while (syncQueue.size > 0) await bed.sync();
        await bed.scan();
      } while (renderQueue.size + syncQueue.size > 0 || (await bed.tick()).queued > 0);
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
