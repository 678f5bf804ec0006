import { type Attempt, attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { adviceOf } from '../../errors.ts';
import type { FollowCause } from '../../model/job.ts';
import { applicationLabel } from '../../plan/tracking.ts';
import { ListedCluster } from '../compare/listed-cluster.ts';
import { inParallel } from '../in-parallel.ts';
import { assessDrift, type Followed } from '../serve/follow.ts';
import { type Movement, scanCluster } from '../serve/scan.ts';
import { scanNamespaces } from '../serve/scan-namespaces.ts';
import type { JobPorts } from './job-ports.ts';
import type { Member } from './member.ts';

/** Applications that are compared at once; the cluster's adapter bounds the requests. */
const applicationsAtOnce = 8;

/** What has moved in a cluster. `unknown`: applications of which something could not be read. */
export type FoundDrift = {
  readonly moved: readonly string[];
  readonly unknown: readonly string[];
  /** Those that are to be repaired. */
  readonly drifted: ReadonlyMap<string, FollowCause>;
};

export type Looking = {
  readonly cluster: Cluster;
  readonly members: readonly Member[];
  /** The names of those that are to be compared though nothing has moved. */
  readonly inDoubt: readonly string[];
};

/** Compares what is not as it was last seen by dry run, from one LIST a kind; saves what is news, and changes nothing in the cluster. */
export async function findDrift({ cluster, members, inDoubt }: Looking, ports: JobPorts): Promise<FoundDrift> {
  const deployed = members.flatMap(({ followed, head }) =>
    head?.deployed === undefined ? [] : [{ followed, head, application: followed.declared.application }],
  );
  const listed = new ListedCluster(cluster, applicationLabel);
  const [movements, unready] = await Promise.all([
    scanCluster(
      deployed.map(({ head }) => head),
      listed,
    ),
    scanNamespaces(deployed, cluster),
  ]);
  const moved = new Set([...movements.filter(hasMoved).map(({ application }) => application), ...unready, ...inDoubt]);
  const drifted = await judgeAll(
    deployed.map(({ followed }) => followed).filter(({ declared }) => moved.has(declared.application.name)),
    { ...ports, clusters: { open: async () => listed } },
  );
  return {
    moved: [...moved],
    unknown: movements.filter(({ unknown }) => unknown > 0).map(({ application }) => application),
    drifted: new Map(drifted.map((name) => [name, 'drift'])),
  };
}

function hasMoved({ moved }: Movement): boolean {
  return moved > 0;
}

async function judgeAll(followed: readonly Followed[], ports: JobPorts): Promise<readonly string[]> {
  const judged = await inParallel(followed, applicationsAtOnce, (each) => attempt(isToBeRepaired(each, ports)));
  return followed.flatMap(({ declared }, index) => {
    const { name } = declared.application;
    const verdict = judged[index] as Attempt<boolean>;
    if (verdict.ok) return verdict.value ? [name] : [];
    ports.reporter.report({
      type: 'notice',
      level: 'error',
      application: name,
      message: adviceOf(verdict.error),
    });
    return [];
  });
}

async function isToBeRepaired(followed: Followed, ports: JobPorts): Promise<boolean> {
  return (await assessDrift(followed, ports))?.decision.sync === true;
}
