import type { Cluster } from '../../../shared/cluster-ports.ts';
import { ClusterError, GitError, type PlumbError, StoreError } from '../../../shared/errors.ts';
import { formatRef, refOf } from '../../../shared/model/object-ref.ts';
import type { GitHost, ObjectStore, Ports, Reporter, Worker } from '../../../shared/ports.ts';
import { noSecrets } from '../secrets/no-secrets.ts';
import type { Errand } from './errand.ts';
import type { Interleaver } from './interleaver.ts';
import type { MemoryCluster } from './memory-cluster.ts';
import type { MemoryGit } from './memory-git.ts';
import type { Watch } from './watch.ts';

/** All that is outside of the processes, and who watches it. */
export type Outside = {
  readonly store: ObjectStore;
  readonly cluster: MemoryCluster;
  readonly git: MemoryGit;
  readonly interleaver: Interleaver;
  readonly watch: Watch;
  /** One line for everything that happens. */
  readonly tell: (line: string) => void;
};

/** A process, and what it does at the moment. */
export type Process = { readonly worker: Worker; readonly errand: () => Errand };

type Call<Result> = {
  readonly label: string;
  readonly act: (errand: Errand) => Promise<Result>;
  readonly failure: () => PlumbError;
  /** What a compare-and-swap answers that was lost. */
  readonly lost?: Result;
  /** True: it can be lost only to somebody who wrote it; for one that writes where nothing is. */
  readonly isFirst?: boolean;
};

type Caller = <Result>(call: Call<Result>) => Promise<Result>;

/** The ports of a process: each call waits for its turn, and then takes effect at once, or fails, as it is told. */
export function modelPorts(outside: Outside, process: Process): Ports {
  const { interleaver, cluster } = outside;
  const caller = callerOf(outside, process);
  const clusterPort = modelCluster(outside, caller);
  return {
    git: modelGit(outside, caller),
    chartCredential: async () => undefined,
    runner: {
      run: () => Promise.reject(new Error('plain manifests need no program')),
      versions: async () => ({ helm: 'v4', kustomize: 'v5' }),
    },
    clusters: { open: async () => ({ ...clusterPort, name: cluster.name }) },
    store: modelStore(outside, caller),
    clock: {
      now: () => new Date(interleaver.now),
      sleep: (milliseconds, signal) => interleaver.sleep(process.errand(), milliseconds, signal),
    },
    worker: process.worker,
    reporter: modelReporter(outside, process),
    secrets: noSecrets,
    scratch: '/nowhere',
  };
}

function callerOf({ interleaver, tell }: Outside, { errand }: Process): Caller {
  return async ({ label, act, failure, lost, isFirst }) => {
    const job = errand();
    const fate = await interleaver.turn(job, label);
    tell(`    ${job.name}: ${label}${fate === 'made' ? '' : `  [${fate}]`}`);
    if (fate === 'fails') throw failure();
    if (fate === 'race lost') {
      if (lost === undefined || isFirst === true) throw failure();
      return lost;
    }
    const result = await act(job);
    if (fate === 'made') return result;
    if (fate === 'race lost though written' && lost !== undefined) return lost;
    throw failure();
  };
}

const away = { retryable: true };
const storeAway = (): PlumbError => new StoreError('store-unusable', 'the store did not answer', away);
const clusterAway = (): PlumbError => new ClusterError('cluster-unreachable', 'the cluster did not answer', away);
const gitAway = (): PlumbError => new GitError('git-timeout', 'Git did not answer', away);

function modelStore({ store, watch }: Outside, call: Caller): ObjectStore {
  const failure = storeAway;
  return {
    get: (key) => call({ label: `get ${short(key)}`, failure, act: () => store.get(key) }),
    list: (prefix) => call({ label: `list ${prefix}`, failure, act: () => store.list(prefix) }),
    entries: (prefix) => call({ label: `list ${prefix}`, failure, act: () => store.entries(prefix) }),
    put: (key, body, condition) =>
      call({
        label: `put ${short(key)}`,
        failure,
        act: (errand) => watch.putting({ errand, key, condition }, () => store.put(key, body, condition)),
        isFirst: condition === 'absent',
        ...(condition === undefined ? {} : { lost: { won: false } as const }),
      }).then((result) => {
        if (result.won) watch.confirmed(key);
        return result;
      }),
    delete: (key) => call({ label: `delete ${short(key)}`, failure, act: () => store.delete(key) }),
  };
}

/** Digests at their first characters. */
function short(key: string): string {
  return key.replace(/([0-9a-f]{8})[0-9a-f]{56}/, '$1');
}

function modelGit({ git, watch }: Outside, call: Caller): GitHost {
  const failure = gitAway;
  return {
    listRefs: () =>
      call({
        label: 'ask Git',
        failure,
        act: (errand) => {
          watch.asksGit(errand);
          return git.listRefs();
        },
      }),
    openCommit: (repoURL, wanted) =>
      call({ label: `open ${wanted.sha.slice(0, 7)}`, failure, act: () => git.openCommit(repoURL, wanted) }),
  };
}

function modelCluster({ cluster, watch }: Outside, call: Caller): Omit<Cluster, 'name'> {
  const failure = clusterAway;
  return {
    facts: () => cluster.facts(),
    rediscover: () => cluster.rediscover(),
    requestToken: () => cluster.requestToken(),
    read: (address) =>
      call({
        label: `read ${formatRef(address.ref)}`,
        failure,
        act: async (errand) => watch.sees(errand, await cluster.read(address)),
      }),
    readMetadata: (address) =>
      call({
        label: `look at ${formatRef(address.ref)}`,
        failure,
        act: async (errand) => watch.sees(errand, await cluster.readMetadata(address)),
      }),
    list: (query) => call({ label: `list ${query.kind.kind}s`, failure, act: () => cluster.list(query) }),
    listMetadata: (query) =>
      call({
        label: `list ${query.kind.kind}s`,
        failure,
        act: async (errand) => {
          const found = await cluster.listMetadata(query);
          for (const live of found) watch.sees(errand, live);
          return found;
        },
      }),
    dryRunApply: (manifest) =>
      call({ label: `try ${formatRef(refOf(manifest))}`, failure, act: () => cluster.dryRunApply(manifest) }),
    apply: (manifest) =>
      call({
        label: `apply ${formatRef(refOf(manifest))}`,
        failure,
        act: (errand) => {
          watch.applies(errand, manifest);
          return cluster.apply(manifest);
        },
      }),
    delete: (address, conditions) =>
      call({
        label: `delete ${formatRef(address.ref)}`,
        failure,
        act: (errand) => {
          watch.deletes(errand, { address, conditions });
          return cluster.delete(address, conditions);
        },
      }),
  };
}

function modelReporter({ tell }: Outside, { errand }: Process): Reporter {
  return {
    report: (progress) => {
      const job = errand();
      if (progress.type === 'wave') job.waves += 1;
      if (progress.type === 'wave') tell(`    ${job.name}: wave ${progress.index + 1} of ${progress.count}`);
      if (progress.type === 'notice') tell(`    ${job.name} says: ${progress.message.split('\n').join(' ')}`);
    },
  };
}
