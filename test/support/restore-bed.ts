import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import { GitError } from '../../shared/errors.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import type { RestoredApplication, RestoreReport } from '../../shared/model/restore.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import type { ObjectStore, Ports } from '../../shared/ports.ts';
import type { SecretPorts } from '../../shared/secret-ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { keys } from '../../shared/state/keys.ts';
import { type Executing, executeRestore } from '../../shared/workflows/restore/execute-restore.ts';
import { planRestore, type RestorePlan, type RestoreRequest } from '../../shared/workflows/restore/plan-restore.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { sharedControlPlane } from './control-plane/shared-control-plane.ts';
import { type Engine, openEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { GitFiles } from './git-repositories.ts';
import { noSecrets } from './secrets/no-secrets.ts';

export type Restored = { readonly plan: RestorePlan; readonly report: RestoreReport };

/** An engine whose cluster is called `home`, and what a restore needs. Nothing of it asks Git. */
export type RestoreBed = {
  readonly engine: Engine;
  /** Without Git, registries and tools. */
  readonly offline: Ports;
  /** Makes a repository and syncs an application of it. */
  deploy(name: string, files: GitFiles, spec?: Readonly<Record<string, unknown>>): Promise<SyncOutcome>;
  sync(application: Application, more?: { readonly parent?: string }): Promise<SyncOutcome>;
  plan(request?: Partial<RestoreRequest>, ports?: Ports): Promise<RestorePlan>;
  restore(request?: Partial<RestoreRequest>, more?: Partial<Executing> & { readonly ports?: Ports }): Promise<Restored>;
  /** Deletes what was deployed into the engine's namespace. */
  empty(): Promise<void>;
  /** Deletes the engine's namespace; resolves when it is gone. */
  removeNamespace(): Promise<void>;
  makeNamespace(): Promise<void>;
  head(application: string): Promise<Head>;
  /** Another process with the same store and cluster. */
  otherWorker(): Ports;
  close(): Promise<void>;
};

/** Opens a bed. `away`: the kubeconfig of a second cluster, which is then called `away`. */
export async function openRestoreBed(away?: string, secrets: SecretPorts = noSecrets): Promise<RestoreBed> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-restore-'));
  const contexts = { home: sharedControlPlane().kubeconfig, ...(away === undefined ? {} : { away }) };
  const kubeconfig = await writeKubeconfig(folder, namedContexts(contexts));
  const engine = await openEngine({ kubeconfig, secrets });
  const offline: Ports = { ...engine.ports, git: unreachable('git'), runner: unreachable('helm') };
  const request = (asked: Partial<RestoreRequest>): RestoreRequest => ({ cluster: 'home', ...asked });
  const sync: RestoreBed['sync'] = (application, more = {}) =>
    syncApplication({ application, project: engine.project, reason: 'manual', waitMs: 30_000, ...more }, engine.ports);
  return {
    engine,
    offline,
    sync,
    deploy: async (name, files, spec = {}) => {
      await engine.git.createRepository(name, files);
      return sync(engine.application(name, spec));
    },
    plan: (asked = {}, ports = offline) => planRestore(request(asked), ports),
    restore: async (asked = {}, { ports = offline, ...more } = {}) => {
      const plan = await planRestore(request(asked), ports);
      const report = await executeRestore(plan, ports, { signal: new AbortController().signal, ...more });
      if (report === undefined) throw new Error('the restore was interrupted');
      return { plan, report };
    },
    empty: () => emptyNamespace(engine),
    removeNamespace: () => removeNamespace(engine),
    makeNamespace: async () =>
      void (await coreOf(engine).createNamespace({ body: { metadata: { name: engine.namespace } } })),
    head: async (application) => {
      const loaded = await loadHead(engine.ports.store, application);
      if (loaded === undefined) throw new Error(`${application} was never synced`);
      return loaded.head;
    },
    otherWorker: () => ({ ...offline, worker: localWorker() }),
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** One application of a report; an error when it is not there. */
export function entryOf({ applications }: RestoreReport, name: string): RestoredApplication {
  const found = applications.find(({ application }) => application === name);
  if (found === undefined) throw new Error(`${name} is not in the report`);
  return found;
}

/** The store, and how often it was written to. */
export function countingWrites(store: ObjectStore): { readonly store: ObjectStore; readonly writes: () => number } {
  let writes = 0;
  return {
    writes: () => writes,
    store: {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      entries: (prefix) => store.entries(prefix),
      put: (...given) => {
        writes += 1;
        return store.put(...given);
      },
      delete: (key) => {
        writes += 1;
        return store.delete(key);
      },
    },
  };
}

/** A kubeconfig of several clusters under names of our own; the first is the current context. */
export function namedContexts(kubeconfigs: { readonly [name: string]: string }): string {
  const loaded = Object.entries(kubeconfigs).map(([name, file]) => {
    const config = new KubeConfig();
    config.loadFromFile(file);
    const { server, caData } = config.getCurrentCluster() ?? { server: '', caData: '' };
    const { certData, keyData } = config.getCurrentUser() ?? {};
    return {
      cluster: { name, cluster: { server, 'certificate-authority-data': caData } },
      user: { name, user: { 'client-certificate-data': certData, 'client-key-data': keyData } },
      context: { name, context: { cluster: name, user: name } },
    };
  });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': loaded[0]?.context.name,
    clusters: loaded.map(({ cluster }) => cluster),
    users: loaded.map(({ user }) => user),
    contexts: loaded.map(({ context }) => context),
  });
}

/** Writes a kubeconfig into a folder; gives its path. */
export async function writeKubeconfig(folder: string, text: string): Promise<string> {
  const file = join(folder, 'kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** A port that fails whatever it is asked. */
function unreachable<Port extends object>(what: string): Port {
  const refuse = async (): Promise<never> => {
    throw new GitError('git-failed', `${what} cannot be reached`);
  };
  return new Proxy({}, { get: () => refuse }) as Port;
}

function coreOf({ kubeconfig }: Engine): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config.makeApiClient(CoreV1Api);
}

async function emptyNamespace(engine: Engine): Promise<void> {
  const { namespace, kubeconfig } = engine;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = coreOf(engine);
  const apps = config.makeApiClient(AppsV1Api);
  await Promise.all([
    core.deleteCollectionNamespacedConfigMap({ namespace }),
    core.deleteCollectionNamespacedService({ namespace }),
    apps.deleteCollectionNamespacedDeployment({ namespace }),
  ]);
}

async function removeNamespace(engine: Engine): Promise<void> {
  const core = coreOf(engine);
  await core.deleteNamespace({ name: engine.namespace });
  await eventually(`namespace ${engine.namespace} is gone`, async () => {
    const { items } = await core.listNamespace();
    return items.every(({ metadata }) => metadata?.name !== engine.namespace);
  });
}

/** The application's state is lost; its snapshots stay. */
export async function deleteHead(store: ObjectStore, application: string): Promise<void> {
  await store.delete(keys.head(application));
}
