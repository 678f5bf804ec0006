import { systemClock } from '../../../shared/adapters/local/clock.ts';
import { GitError } from '../../../shared/errors.ts';
import type { Head } from '../../../shared/model/head.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { GitRef } from '../../../shared/model/revision.ts';
import type { Clock, CommitTree, GitHost, Ports, Progress } from '../../../shared/ports.ts';
import { loadClusters, saveRegistered } from '../../../shared/state/clusters.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { MemoryCluster } from '../model/memory-cluster.ts';
import { type Files, MemoryGit } from '../model/memory-git.ts';
import { MemoryStore } from '../model/memory-store.ts';
import { noSecrets } from '../secrets/no-secrets.ts';
import { clusterId, type JobsBed, type JobsBedOptions, openJobsBed } from './jobs-bed.ts';

/** Repositories by name, each with one branch. */
class MemoryGits implements GitHost {
  readonly #repositories = new Map<string, MemoryGit>();
  /** The repositories that were asked for refs, in order, each with how many prefixes it was asked for. */
  readonly asked: string[] = [];
  readonly opened: string[] = [];

  push(name: string, files: Files): string {
    const repository = this.#repositories.get(name) ?? new MemoryGit();
    this.#repositories.set(name, repository);
    return repository.push(files);
  }

  remove(name: string): void {
    this.#repositories.delete(name);
  }

  url(name: string): string {
    return `https://git.test/${name}.git`;
  }

  async listRefs(repoURL: string, prefixes: readonly string[]): Promise<readonly GitRef[]> {
    this.asked.push(repoURL);
    const refs = await this.#of(repoURL).listRefs();
    return refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  }

  async openCommit(repoURL: string, wanted: { readonly sha: string }): Promise<CommitTree> {
    this.opened.push(repoURL);
    return this.#of(repoURL).openCommit(repoURL, wanted);
  }

  #of(repoURL: string): MemoryGit {
    const repository = this.#repositories.get(repoURL.replace(/^https:\/\/git\.test\/|\.git$/g, ''));
    if (repository !== undefined) return repository;
    throw new GitError('git-repository-unknown', `there is no ${repoURL}`, { object: repoURL });
  }
}

/** An installation with Git, cluster and store in memory. */
export type MemoryJobs = JobsBed & {
  readonly git: MemoryGits;
  readonly cluster: MemoryCluster;
  readonly store: MemoryStore;
  readonly clock: Clock & { ahead(ms: number): void };
  readonly progress: readonly Progress[];
  readonly ports: Ports;
  head(application: string): Promise<Head | undefined>;
  /** Declares these applications, and no others. */
  declare(...applications: readonly Manifest[]): void;
  /** Registers the cluster under another alias. */
  rename(alias: string): Promise<void>;
  /** Makes the repository of an application say something, or something else. */
  push(application: string, v: string): void;
  /** What the cluster has of an application; undefined: nothing. */
  value(application: string): string | undefined;
};

/** An Application of the repository of its name, synced automatically. */
export function memoryApplication(name: string, spec: object = {}, annotations: object = {}): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations: annotations as Record<string, string> },
    spec: {
      project: 'default',
      destination: { name: clusterId, namespace: name },
      source: { repoURL: `https://git.test/${name}.git`, path: 'app', targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
      ...spec,
    },
  };
}

/** The machine's clock, which may be put ahead. */
function aheadClock(): MemoryJobs['clock'] {
  let offset = 0;
  return {
    now: () => new Date(systemClock.now().getTime() + offset),
    sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 20), signal),
    ahead: (ms) => {
      offset += ms;
    },
  };
}

export async function openMemoryJobs(options: JobsBedOptions = {}): Promise<MemoryJobs> {
  const [git, cluster, store, clock] = [new MemoryGits(), new MemoryCluster(), new MemoryStore(), aheadClock()];
  const progress: Progress[] = [];
  const ports: Ports = {
    git,
    store,
    clusters: { open: async () => cluster },
    clock,
    worker: { id: 'the test', hasEnded: () => false },
    reporter: { report: (event) => void progress.push(event) },
    runner: {
      run: () => Promise.reject(new Error('plain manifests need no program')),
      versions: async () => ({ helm: 'v4', kustomize: 'v5' }),
    },
    chartCredential: async () => undefined,
    secrets: noSecrets,
    scratch: '/nowhere',
  };
  const bed = await openJobsBed({ ports, git }, { ...options, clock: options.clock ?? clock });
  return {
    ...bed,
    git,
    cluster,
    store,
    clock,
    progress,
    ports,
    head: async (application) => (await loadHead(store, application))?.head,
    declare: (...applications) =>
      void git.push('control', Object.fromEntries(applications.map((each) => [each.metadata.name, each]))),
    rename: async (alias) => {
      const [cluster] = await loadClusters(store, bed.syncPorts.kept.clusters);
      if (cluster !== undefined) await saveRegistered(store, { ...cluster, aliases: [alias] });
    },
    push: (application, v) => void git.push(application, { prompts: promptsOf(application, v) }),
    value: (application) => valueIn(cluster, application),
  };
}

/** The one object of an application. */
export function promptsOf(namespace: string, v: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prompts', namespace }, data: { v } };
}

function valueIn(cluster: MemoryCluster, namespace: string): string | undefined {
  const live = cluster.find({ group: '', kind: 'ConfigMap', namespace, name: 'prompts' });
  return (live?.['data'] as { readonly v?: string } | undefined)?.v;
}
