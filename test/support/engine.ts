import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import { HttpGitHost } from '../../shared/adapters/git/http-git-host.ts';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Project } from '../../shared/model/project.ts';
import { defaultProject } from '../../shared/model/project.ts';
import type { Ports, Progress } from '../../shared/ports.ts';
import { parseApplication } from '../../shared/registry/parse-application.ts';
import type { SecretPorts } from '../../shared/secret-ports.ts';
import { sharedControlPlane } from './control-plane/shared-control-plane.ts';
import type { ControlPlaneAccess } from './control-plane/start-control-plane.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { makeNamespace } from './namespace.ts';
import { noSecrets, testConceal } from './secrets/no-secrets.ts';

/** The whole engine on a real control plane and a real Git server, with a namespace and a store of its own. */
export type Engine = {
  readonly ports: Ports;
  readonly git: GitServer;
  readonly namespace: string;
  readonly project: Project;
  /** What was reported, oldest first. */
  readonly progress: readonly Progress[];
  readonly kubeconfig: string;
  readonly objects: KubernetesObjectApi;
  /** An Application of the folder `app` of the repository of that name, in the engine's namespace. */
  application(name: string, spec?: Readonly<Record<string, unknown>>): Application;
  /** One object of the namespace as the cluster has it; undefined when absent. */
  live(kind: string, name: string, apiVersion?: string): Promise<LiveTestObject | undefined>;
  close(): Promise<void>;
};

/** Loose on purpose: tests look at single fields of any kind. */
export type LiveTestObject = KubernetesObject & {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
};

export type EngineOptions = {
  readonly kubeconfig?: string;
  /** Default: those of the whole test run. */
  readonly controlPlane?: Pick<ControlPlaneAccess, 'kubeconfig'>;
  /** Default: none may be read. */
  readonly secrets?: SecretPorts;
};

/** Opens an engine; `close` it after the test. `kubeconfig` puts another API server, such as a faulty one, in the way. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const controlPlane = options.controlPlane ?? sharedControlPlane();
  const folder = await mkdtemp(join(tmpdir(), 'plumb-engine-'));
  const [git, namespace, tools] = await Promise.all([
    startGitServer(),
    makeNamespace(controlPlane.kubeconfig, 'engine'),
    provideTools(),
  ]);
  const progress: Progress[] = [];
  const worker = localWorker();
  const ports: Ports = {
    git: new HttpGitHost({ folder: join(folder, 'git'), retryDelayMs: 10 }),
    chartCredential: async () => undefined,
    runner: new LocalCommandRunner({
      helm: tools.helm,
      kustomize: { path: tools.kustomize.path, prefixArgs: tools.kustomize.args },
    }),
    clusters: new KubeconfigClusters({
      conceal: testConceal,
      kubeconfig: options.kubeconfig ?? controlPlane.kubeconfig,
    }),
    store: new FolderStore(join(folder, 'store'), worker),
    clock: systemClock,
    worker,
    reporter: { report: (event) => void progress.push(event) },
    secrets: options.secrets ?? noSecrets,
    scratch: folder,
  };
  const config = new KubeConfig();
  config.loadFromFile(controlPlane.kubeconfig);
  const objects = KubernetesObjectApi.makeApiClient(config);
  return {
    ports,
    git,
    namespace: namespace.name,
    project: defaultProject,
    progress,
    kubeconfig: controlPlane.kubeconfig,
    objects,
    application: (name, spec = {}) =>
      makeApplication({ name, spec, namespace: namespace.name, repoURL: git.url(name) }),
    live: (kind, name, apiVersion = 'v1') =>
      readLive(objects, { apiVersion, kind, metadata: { name, namespace: namespace.name } }),
    close: async () => {
      await Promise.all([git.stop(), namespace.remove()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Made = {
  readonly name: string;
  readonly namespace: string;
  readonly repoURL: string;
  readonly spec: Readonly<Record<string, unknown>>;
};

function makeApplication({ name, namespace, repoURL, spec }: Made): Application {
  const manifest = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL, path: 'app', targetRevision: 'main' },
      ...spec,
    },
  } as unknown as Manifest;
  return parseApplication(manifest, 'the test').application;
}

async function readLive(objects: KubernetesObjectApi, wanted: KubernetesObject): Promise<LiveTestObject | undefined> {
  try {
    return (await objects.read(wanted as never)) as LiveTestObject;
  } catch (error) {
    if ((error as { readonly code?: number }).code === 404) return undefined;
    throw error;
  }
}
