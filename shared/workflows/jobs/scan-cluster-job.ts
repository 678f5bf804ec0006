import { randomUUID } from 'node:crypto';
import type { Cluster } from '../../cluster-ports.ts';
import { adviceOf, PlumbError } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import type { FollowCause } from '../../model/job.ts';
import { clustersMeant } from '../../plan/find-cluster.ts';
import { loadClusters, loadScanned } from '../../state/clusters.ts';
import { inParallel } from '../in-parallel.ts';
import type { Followed } from '../serve/follow.ts';
import { announceState } from './announce-state.ts';
import { rememberAnswer, rememberSilence } from './cluster-health.ts';
import { loadFollowed } from './declarations.ts';
import { dueNow, inDoubt } from './due-now.ts';
import { findDrift } from './find-drift.ts';
import type { SyncPorts } from './job-ports.ts';
import { loadMembers, type Member } from './member.ts';

/** What a scan came to. */
export type ScanOutcome = {
  readonly cluster: string;
  readonly applications: number;
  readonly moved: number;
  readonly drifted: number;
  readonly queued: number;
  readonly isAway: boolean;
  /** Milliseconds since the check of the application that could not be checked for longest; 0: all were. */
  readonly oldestCheckMs: number;
};

const announcedAtOnce = 8;
const discoverMs = 10 * 60_000;

/**
 * Looks at one cluster: a metadata LIST for each kind that is deployed there, however many applications there are, and a dry run of
 * what is not as it was last seen. Only what has something to do is queued; where nothing has changed, nothing is written.
 */
export async function scanRegistered(clusterId: string, origin: string, ports: SyncPorts): Promise<ScanOutcome> {
  const { members, before } = await readState(clusterId, ports);
  const now = ports.clock.now().getTime();
  try {
    const cluster = await ports.clusters.open({ name: clusterId, namespace: '' });
    const facts = await currentFacts(cluster, ports);
    const owed = dueNow(members, now);
    const looking = { cluster, members, inDoubt: inDoubt(members, owed) };
    const { moved, unknown, drifted } = await findDrift(looking, ports);
    await rememberAnswer(clusterId, facts, { before, ports });
    const due = new Map([...owed, ...drifted]);
    await queueDue(due, origin, ports);
    await inParallel(moved, announcedAtOnce, (application) => announceState(application, ports));
    const [applications, queued] = [members.length, due.size];
    const oldestCheckMs = oldestCheck(members, new Set(unknown), now);
    return {
      cluster: clusterId,
      applications,
      moved: moved.length,
      drifted: drifted.size,
      queued,
      isAway: false,
      oldestCheckMs,
    };
  } catch (error) {
    if (!isAway(error)) throw error;
    await rememberSilence(clusterId, error, { before, ports });
    ports.reporter.report({ type: 'notice', level: 'error', message: `${clusterId}: ${adviceOf(error)}` });
    const since = Date.parse(before?.scanned.away?.since ?? '') || now;
    ports.kept.discoveredAt.delete(clusterId);
    const nothing = { moved: 0, drifted: 0, queued: 0 };
    return {
      cluster: clusterId,
      applications: members.length,
      ...nothing,
      isAway: true,
      oldestCheckMs: now - since,
    };
  }
}

/** What a warm process knows of a cluster may be older than its newest CRD. */
async function currentFacts(cluster: Cluster, { kept, clock }: SyncPorts): Promise<ClusterFacts> {
  const now = clock.now().getTime();
  const isFresh = now - (kept.discoveredAt.get(cluster.name) ?? 0) < discoverMs;
  const facts = await (isFresh ? cluster.facts() : cluster.rediscover());
  if (!isFresh) kept.discoveredAt.set(cluster.name, now);
  return facts;
}

type State = {
  readonly members: readonly Member[];
  readonly before: Awaited<ReturnType<typeof loadScanned>>;
};

async function readState(clusterId: string, ports: SyncPorts): Promise<State> {
  const { store, kept } = ports;
  const [clusters, followed, before] = await Promise.all([
    loadClusters(store, kept.clusters),
    loadFollowed(ports),
    loadScanned(store, clusterId),
  ]);
  const isHere = ({ declared }: Followed): boolean => {
    const [found, ...others] = clustersMeant(clusters, declared.application.destination);
    return found?.id === clusterId && others.length === 0;
  };
  const { members, unreadable } = await loadMembers([...followed.values()].filter(isHere), ports);
  for (const { error } of unreadable)
    ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  return { members, before };
}

async function queueDue(due: ReadonlyMap<string, FollowCause>, origin: string, ports: SyncPorts): Promise<void> {
  if (due.size === 0) return;
  await ports.syncQueue.send(
    [...due].map(([application, cause]) => ({
      group: application,
      id: randomUUID(),
      message: { job: { work: 'follow', application, cause }, origin },
    })),
  );
}

/** Nobody is there, or lets us in: what one application alone is refused is another matter. */
function isAway(error: unknown): boolean {
  return error instanceof PlumbError && ['cluster-unreachable', 'cluster-forbidden', 'timeout'].includes(error.code);
}

function oldestCheck(members: readonly Member[], unknown: ReadonlySet<string>, now: number): number {
  const ages = members
    .filter(({ head }) => head !== undefined && unknown.has(head.application))
    .map(({ head }) => now - (Date.parse(head?.checkedAt ?? '') || now));
  return Math.max(0, ...ages);
}
