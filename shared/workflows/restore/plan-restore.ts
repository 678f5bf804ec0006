import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { PlumbError, SyncError } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import type { RestoreAsked, RestoreRecord } from '../../model/restore.ts';
import { describeHolder } from '../../plan/describe-holder.ts';
import { compileGlob, destinationGlob } from '../../plan/glob.ts';
import { promisedKinds } from '../../plan/promised-kinds.ts';
import { orderRestore, type RestoreOrder } from '../../plan/restore-order.ts';
import type { Ports } from '../../ports.ts';
import { loadRegistry, type Registry } from '../../state/registry.ts';
import { isUnderWay, loadRestore, type StoredRestore } from '../../state/restores.ts';
import { ListedCluster } from '../compare/listed-cluster.ts';
import { inParallel } from '../in-parallel.ts';
import { snapshotCluster } from '../sync/take-snapshot.ts';
import { type Found, findRestorables, type Search, type Unrestored } from './find-restorables.ts';
import { clusterNamed, describeStore, knownClusters, unknownCluster } from './known-clusters.ts';
import { loadRestoration, type Restoration, type Target } from './load-restoration.ts';
import { type PlannedApplication, planApplication, type Surroundings } from './plan-application.ts';
import { planNotices } from './plan-notices.ts';

export type RestoreRequest = {
  /** As the state of its applications names it, or the URL of its API server. */
  readonly cluster: string;
  /** A context or cluster of the kubeconfig, or the URL of an API server; default: the same cluster. */
  readonly to?: string;
  /** As it was written, and in milliseconds since 1970; default: the newest. */
  readonly at?: { readonly text: string; readonly time: number };
  /** A glob over names; default: all. */
  readonly apps?: string;
};

/** What a restore would do. Nothing was changed to find out. */
export type RestorePlan = {
  readonly cluster: string;
  readonly asked: RestoreAsked;
  readonly target: Target;
  /** The target, answering from lists that are shared by all applications. */
  readonly listed: ListedCluster;
  readonly order: RestoreOrder;
  /** What applications had declared when the plan was made. */
  readonly registry: Registry;
  /** By name. */
  readonly applications: readonly PlannedApplication[];
  /** What should be restored and cannot, before anything of it was looked at. */
  readonly unusable: readonly Unrestored[];
  readonly leftOut: readonly Unrestored[];
  readonly notices: readonly string[];
  /** The record of the restore before this one. It is gone on with when it was the same one and did not come to its end. */
  readonly before?: StoredRestore;
  readonly isResumed: boolean;
};

const plannedAtOnce = 20;

/**
 * Plans the restore of all applications of a cluster from the store alone, with Git and registries unreachable.
 * SyncError `sync-locked` while somebody else restores them.
 */
export async function planRestore(given: RestoreRequest, ports: Ports): Promise<RestorePlan> {
  const { store } = ports;
  const name = await clusterNamed(given.cluster, store);
  const request = { ...given, cluster: name };
  const before = await loadRestore(store, name);
  refuseWhileUnderWay(before?.record, ports);
  const real = await openTarget(request, ports);
  // What a long-lived process knows of a cluster may be older than its loss.
  await real.rediscover();
  const target: Target = { cluster: real, is: await snapshotCluster(real) };
  const asked = askedIn(request);
  const isResumed = before !== undefined && isSameRestore(before.record, asked);
  const found = await findRestorables(searchFor(request, { target, before: before?.record, isResumed }), store);
  refuseNothing(request, found);
  const listed = new ListedCluster(real);
  const loaded = await inParallel(found.restorables, plannedAtOnce, (each) =>
    loadRestoration(each, { ...target, cluster: listed }, store),
  );
  const restorations = loaded.flatMap((each) => ('reason' in each ? [] : [each]));
  const order = orderRestore(restorations.map(({ ordered }) => ordered));
  const registry = await loadRegistry(store);
  return {
    cluster: name,
    asked,
    target,
    listed,
    order,
    registry,
    applications: await planInOrder(restorations, order, { listed, registry, ports }),
    unusable: [...found.blocked, ...loaded.flatMap((each) => ('reason' in each ? [each] : []))],
    leftOut: found.leftOut,
    notices: planNotices(order, restorations, target),
    isResumed,
    ...(before === undefined ? {} : { before }),
  };
}

/** Who names no target may have misspelt the cluster, or may have lost it together with its context. */
async function openTarget({ cluster, to = cluster }: RestoreRequest, { clusters, store }: Ports): Promise<Cluster> {
  const opened = await attempt(
    clusters.open({ ...(to.includes('://') ? { server: to } : { name: to }), namespace: '' }),
  );
  if (opened.ok) return opened.value;
  const { error } = opened;
  const isUnknown = error instanceof PlumbError && error.code === 'cluster-unknown' && to === cluster;
  throw isUnknown ? unknownCluster(cluster, await knownClusters(store), error) : error;
}

function askedIn({ to, at, apps }: RestoreRequest): RestoreAsked {
  return {
    ...(to === undefined ? {} : { to }),
    ...(at === undefined ? {} : { at: at.text }),
    ...(apps === undefined ? {} : { apps }),
  };
}

function isSameRestore({ finishedAt, asked }: RestoreRecord, now: RestoreAsked): boolean {
  return finishedAt === undefined && asked.to === now.to && asked.at === now.at && asked.apps === now.apps;
}

type Searching = {
  readonly target: Target;
  readonly before: RestoreRecord | undefined;
  readonly isResumed: boolean;
};

/** What was moved to the target before is still meant by the name of the cluster that it comes from. */
function searchFor({ cluster, apps = '*', at }: RestoreRequest, { target, before, isResumed }: Searching): Search {
  const glob = compileGlob(apps, destinationGlob);
  if (glob === undefined)
    throw new PlumbError('usage', `--apps "${apps}" is not a usable pattern`, {
      hint: 'write it like shop-* or {a,b}',
    });
  const chosen = new Map((before?.chosen ?? []).map((choice) => [choice.application, choice]));
  const moved = before?.to === target.is.name ? chosen : new Map();
  return {
    isAsked: (application) => glob.test(application),
    isHome: (application, home) => home === cluster || (home === target.is.name && moved.has(application)),
    kept: isResumed ? chosen : new Map(),
    ...(at === undefined ? {} : { at: at.time }),
  };
}

function refuseWhileUnderWay(record: RestoreRecord | undefined, ports: Ports): void {
  if (record === undefined || record.lease?.holder === ports.worker.id || !isUnderWay(record, ports)) return;
  const { cluster, to, lease, startedAt } = record;
  throw new SyncError(
    'sync-locked',
    `the applications of ${cluster} are being restored to ${to} (${describeHolder(lease?.holder ?? '')}, since ${startedAt})`,
    {
      object: cluster,
      hint: `wait for it to end; when its process has died, the same command goes on with it, at ${lease?.until} at the latest`,
      retryable: true,
    },
  );
}

function refuseNothing({ cluster, apps, at }: RestoreRequest, { restorables, blocked, leftOut, homes }: Found): void {
  if (restorables.length + blocked.length > 0) return;
  const matching = apps === undefined ? '' : ` matches ${apps} and`;
  if (leftOut.length > 0) {
    const when = at === undefined ? '' : ` at ${at.text}`;
    throw new PlumbError('usage', `no application of ${cluster}${matching} can be restored as it was${when}`, {
      object: cluster,
      hint: `${leftOut[0]?.application}: ${leftOut[0]?.reason}; plumb history APP lists the snapshots of one`,
    });
  }
  throw new PlumbError('usage', `no application${matching} is in cluster ${cluster}`, {
    object: cluster,
    hint: `${describeStore(homes)}; --to names another target; plumb list shows applications and their clusters, and --store says where snapshots are`,
  });
}

type Planning = { readonly listed: Cluster; readonly registry: Registry; readonly ports: Surroundings['ports'] };

/** Layer by layer: what an earlier one brings is there for the later ones, unless it is blocked itself. */
async function planInOrder(
  restorations: readonly Restoration[],
  order: RestoreOrder,
  { listed, registry, ports }: Planning,
): Promise<readonly PlannedApplication[]> {
  const byName = new Map(restorations.map((each) => [each.name, each]));
  let around: Surroundings = { cluster: listed, facts: await listed.facts(), namespaces: new Set(), registry, ports };
  const planned: PlannedApplication[] = [];
  for (const layer of order.layers) {
    const members = layer.flatMap((name) => byName.get(name) ?? []);
    const current = around;
    const done = await inParallel(members, plannedAtOnce, (each) => planApplication(each, current));
    planned.push(...done);
    around = after(
      around,
      done.filter(({ isBlocked }) => !isBlocked),
    );
  }
  return planned.sort((a, b) => (a.restoration.name < b.restoration.name ? -1 : 1));
}

function after(around: Surroundings, planned: readonly PlannedApplication[]): Surroundings {
  const brought = planned.flatMap(({ restoration }) => promisedKinds(restoration.rendered.render.manifests));
  const namespaces = planned.flatMap(({ restoration }) => restoration.ordered.bringsNamespaces);
  return {
    ...around,
    facts: withKinds(around.facts, brought),
    namespaces: new Set([...around.namespaces, ...namespaces]),
  };
}

function withKinds(facts: ClusterFacts, brought: ClusterFacts['served']): ClusterFacts {
  const known = new Set(facts.served.map(({ group, version, kind }) => `${group}/${version}/${kind}`));
  const news = brought.filter(({ group, version, kind }) => !known.has(`${group}/${version}/${kind}`));
  return news.length === 0 ? facts : { ...facts, served: [...facts.served, ...news] };
}
