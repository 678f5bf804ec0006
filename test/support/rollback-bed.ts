import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import type { Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import {
  type RollbackOutcome,
  type RollbackRequest,
  rollbackApplication,
} from '../../shared/workflows/rollback/rollback.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, type LiveTestObject, openEngine } from './engine.ts';
import type { GitFiles } from './git-repositories.ts';
import { configMap, deployment } from './manifests.ts';
import { type Serving, type ServingOptions, startServing } from './serving.ts';

export type SyncSettings = Partial<Parameters<typeof syncApplication>[0]>;
export type RollbackSettings = Partial<RollbackRequest>;

/** An engine with one application, `shop`, of the repository of that name. */
export type RollbackBed = {
  readonly engine: Engine;
  readonly application: Application;
  sync(settings?: SyncSettings, ports?: Ports): Promise<SyncOutcome>;
  rollback(settings?: RollbackSettings, ports?: Ports): Promise<RollbackOutcome>;
  /** Serves the application until the bed is closed. */
  serve(options?: Partial<ServingOptions>): Serving;
  /** Makes the repository, or adds a commit to it; gives the commit's SHA. */
  commit(files: GitFiles, more?: { readonly remove?: readonly string[]; readonly message?: string }): Promise<string>;
  /** As the store has it; an error before the first sync. */
  head(): Promise<Head>;
  /** Of the snapshots, oldest first. */
  snapshots(): Promise<readonly string[]>;
  /** What the ConfigMap of that name says in `v`; undefined without the ConfigMap. */
  value(name: string): Promise<string | undefined>;
  /** The same cluster and store, seen by another process. */
  otherWorker(): Ports;
  notices(): readonly string[];
  close(): Promise<void>;
};

/** Opens a bed with an empty repository; `spec` is merged into the Application's. */
export async function openRollbackBed(
  spec: Readonly<Record<string, unknown>> = {},
  annotations: Application['annotations'] = {},
): Promise<RollbackBed> {
  const engine = await openEngine();
  await engine.git.createRepository('shop');
  const application = { ...engine.application('shop', spec), annotations };
  const asked = { application, project: engine.project };
  const served: Serving[] = [];
  return {
    engine,
    application,
    sync: (settings = {}, ports = engine.ports) => syncApplication({ ...asked, reason: 'manual', ...settings }, ports),
    rollback: (settings = {}, ports = engine.ports) => rollbackApplication({ ...asked, ...settings }, ports),
    serve: (options = {}) => {
      const declared = {
        applications: [{ application, origin: 'the test' }],
        projects: [engine.project],
        rejected: [],
      };
      const serving = startServing(engine, { load: () => declared, ...options });
      served.push(serving);
      return serving;
    },
    commit: (files, more = {}) => engine.git.commit('shop', { files, ...more }),
    head: () => headOf(engine),
    snapshots: async () => (await headOf(engine)).snapshots.map(({ name }) => name),
    value: async (name) => (await engine.live('ConfigMap', name))?.data?.['v'],
    otherWorker: () => ({ ...engine.ports, worker: localWorker() }),
    notices: () => engine.progress.flatMap((event) => (event.type === 'notice' ? [event.message] : [])),
    close: async () => {
      await Promise.all(served.map((serving) => serving.stop()));
      await engine.close();
    },
  };
}

async function headOf(engine: Engine): Promise<Head> {
  const stored = await loadHead(engine.ports.store, 'shop');
  if (stored === undefined) throw new Error('shop was never synced');
  return stored.head;
}

/** The ConfigMap `prompts` with that text, and `keep` beside it. */
export const prompts = (v: string): GitFiles => ({
  'app/prompts.yaml': configMap('prompts', { v }),
  'app/keep.yaml': configMap('keep'),
});

/** A Deployment whose pods never become ready; it is Degraded when its deadline is over. */
export function stuckDeployment(name: string, deadlineSeconds = 600): string {
  const template = {
    metadata: { labels: { app: name } },
    spec: { nodeSelector: { node: 'nowhere' }, containers: [{ name: 'main', image: 'registry.example.com/app:2' }] },
  };
  return deployment(name, { progressDeadlineSeconds: deadlineSeconds, template });
}

/** All that was applied of an object, and nothing that the cluster adds while time passes. */
export function appliedPart(live: LiveTestObject | undefined): object | undefined {
  if (live === undefined) return undefined;
  const { apiVersion, kind, metadata, data, spec } = live;
  const { 'deployment.kubernetes.io/revision': _counted, ...annotations } = metadata?.annotations ?? {};
  return { apiVersion, kind, name: metadata?.name, labels: metadata?.labels, annotations, data, spec };
}
