import { systemClock } from '../../shared/adapters/local/clock.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { defaultProject } from '../../shared/model/project.ts';
import type { SyncOutcome, SyncRequest } from '../../shared/model/sync-request.ts';
import type { ObjectStore, Ports, Reporter } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { serve } from '../../shared/workflows/serve/serve.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { MemoryCluster } from './model/memory-cluster.ts';
import { MemoryGit } from './model/memory-git.ts';
import { MemoryStore } from './model/memory-store.ts';
import { declare } from './model/model-application.ts';
import { noSecrets } from './secrets/no-secrets.ts';

type Event = Parameters<Reporter['report']>[0];

/** The application `shop`, its Git, cluster and store, all in memory: for what the engine does when one of them fails. */
export type MemoryBed = {
  readonly application: Application;
  readonly git: MemoryGit;
  readonly cluster: MemoryCluster;
  readonly store: MemoryStore;
  readonly ports: Ports;
  readonly events: readonly Event[];
  sync(settings?: Partial<SyncRequest>): Promise<SyncOutcome>;
  head(): Promise<Head | undefined>;
  /** Serves it at a quick pace until the given work is done. */
  serving(work: () => Promise<unknown>): Promise<void>;
};

/** `wrap` puts something between the engine and its store. */
export function openMemoryBed(
  fields: Partial<Application> = {},
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
): MemoryBed {
  const [git, cluster, store] = [new MemoryGit(), new MemoryCluster(), new MemoryStore()];
  const application = { ...declare({ leavesOutD: false, autoRollback: false }), ...fields };
  const events: Event[] = [];
  const ports: Ports = {
    git,
    store: wrap(store),
    clusters: { open: async () => cluster },
    clock: systemClock,
    worker: { id: 'the test', hasEnded: () => false },
    reporter: { report: (event) => void events.push(event) },
    runner: {
      run: () => Promise.reject(new Error('plain manifests need no program')),
      versions: async () => ({ helm: 'v4', kustomize: 'v5' }),
    },
    chartCredential: async () => undefined,
    secrets: noSecrets,
    scratch: '/nowhere',
  };
  const asked: SyncRequest = { application, project: defaultProject, reason: 'manual' };
  return {
    application,
    git,
    cluster,
    store,
    ports,
    events,
    sync: (settings = {}) => syncApplication({ ...asked, ...settings }, ports),
    head: async () => (await loadHead(store, application.name))?.head,
    serving: (work) => serveDuring(application, ports, work),
  };
}

async function serveDuring(application: Application, ports: Ports, work: () => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const options = { pollMs: 50, driftMs: 50, concurrency: 2, signal: abort.signal, jitter: () => 0 };
  const declared = { applications: [{ application, origin: 'the test' }], projects: [defaultProject], rejected: [] };
  const ended = serve(async () => declared, options, ports);
  try {
    await Promise.race([work(), ended]);
  } finally {
    abort.abort();
    await ended;
  }
}

/** A store whose first listing below a prefix fails. */
export function failingOnce(prefix: string, error: Error): (store: ObjectStore) => ObjectStore {
  let isDone = false;
  const check = (asked: string): void => {
    if (isDone || !asked.startsWith(prefix)) return;
    isDone = true;
    throw error;
  };
  return (store) => ({
    get: (key) => store.get(key),
    put: (key, body, condition) => store.put(key, body, condition),
    delete: (key) => store.delete(key),
    list: async (asked) => {
      check(asked);
      return store.list(asked);
    },
    entries: async (asked) => {
      check(asked);
      return store.entries(asked);
    },
  });
}

export function memoryConfigMap(name: string, v: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { v } };
}
