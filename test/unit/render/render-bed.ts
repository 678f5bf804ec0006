import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideTools } from '../../../cli/setup/provide-tools.ts';
import type { CommandNetwork } from '../../../shared/adapters/local/command-environment.ts';
import { LocalCommandRunner } from '../../../shared/adapters/local/command-runner.ts';
import type { Application, Source } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Command, CommandRunner, CommitTree } from '../../../shared/ports.ts';
import { prepareRender } from '../../../shared/render/prepare-render.ts';
import type {
  Capabilities,
  PreparedRender,
  RenderPorts,
  RenderRequest,
} from '../../../shared/render/render-request.ts';
import { runRender } from '../../../shared/render/run-render.ts';
import { noHelmOptions, noKustomizeOptions } from '../../../shared/render/source-options.ts';
import { folderTree, type TestFiles, treeHost } from './folder-tree.ts';

export const capabilities: Capabilities = {
  kubeVersion: 'v1.36.3',
  apiVersions: ['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/ConfigMap'],
};

/** The real tools in a scratch folder of its own, with a record of what was run. */
export type RenderBed = {
  readonly ran: readonly Command[];
  readonly scratch: string;
  readonly runner: CommandRunner;
  prepare(given: Given): Promise<PreparedRender>;
  render(given: Given): Promise<Rendered>;
  /** What lies in the scratch folder. */
  left(): Promise<readonly string[]>;
  close(): Promise<void>;
};

export type Given = {
  readonly files?: TestFiles;
  readonly trees?: readonly CommitTree[];
  readonly sources?: readonly Partial<Source>[];
  readonly source?: Partial<Source>;
  readonly application?: Partial<Application>;
  readonly request?: Partial<RenderRequest>;
};

export type Rendered = {
  readonly manifests: readonly Manifest[];
  readonly warnings: readonly string[];
  readonly digest: string;
};

/** Opens a bed whose tools reach other hosts as told; `close` it after the tests. */
export async function openRenderBed(network: CommandNetwork = {}): Promise<RenderBed> {
  const scratch = await mkdtemp(join(tmpdir(), 'plumb-render-'));
  const { helm: helmPath, kustomize: build, versions } = await provideTools();
  const real = new LocalCommandRunner({
    helm: helmPath,
    kustomize: { path: build.path, prefixArgs: build.args },
    versions,
    network,
  });
  const ran: Command[] = [];
  const runner: CommandRunner = {
    run: (command) => {
      ran.push(command);
      return real.run(command);
    },
    versions: () => real.versions(),
  };
  const prepare = (given: Given): Promise<PreparedRender> =>
    prepareRender(toRequest(given), toPorts(given, { scratch, runner }));
  return {
    ran,
    scratch,
    runner,
    prepare,
    render: async (given) => {
      const { render, warnings } = await runRender(await prepare(given), toPorts(given, { scratch, runner }));
      return { ...render, warnings };
    },
    left: async () => (await readdir(scratch)).filter((name) => name !== 'charts'),
    close: () => rm(scratch, { recursive: true, force: true }),
  };
}

/** Helm options, with the rest as if left out. */
export function helm(options: Partial<NonNullable<Source['helm']>> = {}): {
  readonly helm: NonNullable<Source['helm']>;
} {
  return { helm: { ...noHelmOptions, ...options } };
}

/** Kustomize options, with the rest as if left out. */
export function kustomize(options: Partial<NonNullable<Source['kustomize']>> = {}): {
  readonly kustomize: NonNullable<Source['kustomize']>;
} {
  return { kustomize: { ...noKustomizeOptions, ...options } };
}

/** `Kind/name` of each manifest. */
export function names(manifests: readonly Manifest[]): readonly string[] {
  return manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

function treesOf({ files, trees }: Given): readonly CommitTree[] {
  return trees ?? [folderTree(files ?? {})];
}

function toPorts(given: Given, ports: Omit<RenderPorts, 'git'>): RenderPorts {
  return { ...ports, git: treeHost(treesOf(given)) };
}

function toRequest(given: Given): RenderRequest {
  const trees = treesOf(given);
  const sources = (given.sources ?? [given.source ?? {}]).map((source) => toSource(source, trees));
  return {
    application: {
      name: 'web',
      project: 'shop',
      labels: {},
      annotations: {},
      finalizers: [],
      destination: { name: 'here', namespace: 'shop-ns' },
      syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 2, maxBackoffMs: 1 } },
      ...given.application,
      sources,
    },
    capabilities,
    resolve: async ({ repoURL, targetRevision }) => ({ repoURL, sha: shaFor(targetRevision, repoURL, trees) }),
    ...given.request,
  };
}

function shaFor(revision: string, repoURL: string, trees: readonly CommitTree[]): string {
  const known = trees.find(({ commit, repoURL: url }) => commit.sha === revision && url === repoURL);
  return (known ?? trees.find((tree) => tree.repoURL === repoURL))?.commit.sha ?? revision;
}

function toSource(source: Partial<Source>, trees: readonly CommitTree[]): Source {
  const path = source.chart === undefined && source.ref === undefined ? { path: 'app' } : {};
  return { repoURL: trees[0]?.repoURL ?? '', targetRevision: 'HEAD', ...path, ...source };
}
