import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../shared/adapters/local/clock.ts';
import { FolderStore } from '../shared/adapters/local/folder-store.ts';
import { concealWithKeyFile } from '../shared/adapters/local/mark-key.ts';
import { localWorker, workerAmongMachines } from '../shared/adapters/local/worker.ts';
import type { Clusters } from '../shared/cluster-ports.ts';
import { lazyPort } from '../shared/composition/lazy-port.ts';
import { PlumbError } from '../shared/errors.ts';
import type { Installation } from '../shared/model/installation.ts';
import type { Conceal } from '../shared/model/secret-value.ts';
import type { CommandRunner, GitHost, ObjectStore, Ports, Reporter, Worker } from '../shared/ports.ts';
import type { Queue } from '../shared/queue-ports.ts';
import { findChartCredential } from './chart-credential.ts';
import type { GlobalOptions } from './global-options.ts';
import { caFileSetting, proxySettings } from './network-settings.ts';
import { openLocalSecretPorts } from './secret-ports.ts';
import type { Shell } from './shell.ts';
import { stateFolders } from './state-folders.ts';
import { formatStorePlace, type StorePlace } from './store-option.ts';
import { sweepScratch } from './sweep-scratch.ts';
import { toolProgress } from './tool-progress.ts';

/** The ports over the adapters of this machine. `close` takes away the scratch folder, and ends logins. */
export type Runtime = {
  readonly ports: Ports;
  /** The folder or bucket of the state, as people write it. */
  readonly storePlace: string;
  readonly cacheFolder: string;
  /** Whose store it is, where that is one of an installation on AWS. A folder never is, be it a copy of such a store. */
  readonly installation: () => Promise<Installation | undefined>;
  /** A queue of an installation, by its URL. */
  readonly queue: (url: string) => Queue;
  readonly close: () => Promise<void>;
};

/**
 * The composition root of the command line: options and environment in, adapters out.
 * Adapters that are slow to load are loaded at their first call, so that `plumb list` needs none of them.
 */
export function openRuntime(options: GlobalOptions, shell: Shell, reporter: Reporter): Runtime {
  const folders = stateFolders(options, shell);
  const scratch = makeScratch(folders.cache);
  const { store, worker } = openStore(folders.store);
  const conceal = concealWithKeyFile(folders.markKey);
  const { secrets, close } = openLocalSecretPorts(options.secretsConfig, conceal);
  return {
    ports: {
      git: lazyPort(() => openGit(options, folders.cache, shell)),
      chartCredential: (repoURL) => findChartCredential(options.gitCredentials, repoURL),
      runner: lazyPort(() => openRunner(shell, reporter)),
      clusters: lazyPort(() => openClusters(options, shell, conceal)),
      store,
      clock: systemClock,
      worker,
      reporter,
      secrets,
      scratch: scratch.folder,
    },
    storePlace: formatStorePlace(folders.store),
    cacheFolder: folders.cache,
    installation: () => findInstallation(folders.store, store),
    queue: (url) => lazyPort(() => openQueue(url)),
    close: async () => {
      scratch.remove();
      await close();
    },
  };
}

/** Processes of other machines use a bucket too. */
function openStore(place: StorePlace): { readonly store: ObjectStore; readonly worker: Worker } {
  if (place.type === 's3') return { store: lazyPort(() => openBucket(place)), worker: workerAmongMachines() };
  const worker = localWorker();
  return { store: new FolderStore(place.folder, worker), worker };
}

async function findInstallation({ type }: StorePlace, store: ObjectStore): Promise<Installation | undefined> {
  if (type === 'folder') return undefined;
  const { loadInstallation } = await import('../shared/state/installation.ts');
  return loadInstallation(store);
}

async function openQueue(url: string): Promise<Queue> {
  const { createSqsQueue } = await import('../shared/adapters/aws/sqs-queue.ts');
  return createSqsQueue({ url });
}

async function openBucket({ type: _, ...place }: StorePlace & { readonly type: 's3' }): Promise<ObjectStore> {
  const { S3Store } = await import('../shared/adapters/aws/s3-store.ts');
  return new S3Store(place);
}

/** Only its owner can look into it (mkdtemp: 0700), and it goes with the process; pulled charts stay in the cache. */
function makeScratch(cache: string): { readonly folder: string; readonly remove: () => void } {
  sweepScratch(tmpdir());
  const charts = makeCharts(cache);
  const folder = mkdtempSync(join(tmpdir(), `plumb-scratch-${process.pid}-`));
  symlinkSync(charts, join(folder, 'charts'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    folder,
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

function makeCharts(cache: string): string {
  const charts = join(cache, 'charts');
  try {
    mkdirSync(charts, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const problem = `the cache folder ${cache} cannot be written`;
    throw new PlumbError('usage', problem, { cause, hint: 'check that folder, or choose another one with --cache' });
  }
  return charts;
}

async function openGit({ gitCredentials }: GlobalOptions, cache: string, { env }: Shell): Promise<GitHost> {
  const { HttpGitHost } = await import('../shared/adapters/git/http-git-host.ts');
  const credentials = gitCredentials === undefined ? [] : await readCredentials(gitCredentials);
  return new HttpGitHost({ folder: join(cache, 'git'), credentials, proxy: proxySettings(env) });
}

async function readCredentials(
  file: string,
): Promise<Awaited<ReturnType<typeof import('./git-credentials.ts').readGitCredentials>>> {
  const { readGitCredentials } = await import('./git-credentials.ts');
  return readGitCredentials(file);
}

async function openClusters(
  { kubeconfig, context }: GlobalOptions,
  { env }: Shell,
  conceal: Conceal,
): Promise<Clusters> {
  const { KubeconfigClusters } = await import('../shared/adapters/kubernetes/kubeconfig-clusters.ts');
  return new KubeconfigClusters({
    conceal,
    environment: env,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
}

/** The tools are shared by all caches of a person. */
async function openRunner({ env, folder }: Shell, reporter: Reporter): Promise<CommandRunner> {
  const [{ LocalCommandRunner }, { provideTools }, { localSetup }] = await Promise.all([
    import('../shared/adapters/local/command-runner.ts'),
    import('./setup/provide-tools.ts'),
    import('./setup/local-setup.ts'),
  ]);
  const { helm, kustomize, versions } = await provideTools(
    localSetup({ environment: env, progress: toolProgress(reporter) }),
  );
  const { path, args: prefixArgs } = kustomize;
  const network = { proxy: proxySettings(env), caFile: caFileSetting(env, folder) };
  return new LocalCommandRunner({ helm, kustomize: { path, prefixArgs }, versions, network });
}
