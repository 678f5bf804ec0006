import type { Cluster, Clusters } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';
import type { RegisteredCluster } from '../../model/registered-cluster.ts';
import { clustersMeant } from '../../plan/find-cluster.ts';
import { loadClusters, loadScanned } from '../../state/clusters.ts';
import type { KeptStore } from '../../state/kept-state.ts';

/** The one cluster that a destination means; PlumbError `cluster-unknown` when it means none, or several. */
export async function findCluster(destination: Destination, { store, kept }: KeptStore): Promise<RegisteredCluster> {
  const clusters = await loadClusters(store, kept.clusters);
  const [found, ...others] = clustersMeant(clusters, destination);
  if (found !== undefined && others.length === 0) return found;
  throw unclear(destination, found === undefined ? [] : [found, ...others], clusters);
}

function unclear(
  { name, server }: Destination,
  meant: readonly RegisteredCluster[],
  clusters: readonly RegisteredCluster[],
): PlumbError {
  const called = name ?? server ?? '';
  const ids = (of: readonly RegisteredCluster[]): string => of.map(({ id }) => id).join(', ');
  if (meant.length > 1)
    return new PlumbError('cluster-unknown', `several clusters are called "${called}": ${ids(meant)}`, {
      object: called,
      hint: 'write the ARN of the one that is meant as destination.name, or give it that name with addCluster(…, { aliases })',
    });
  const known = clusters.length === 0 ? 'none' : ids(clusters);
  return new PlumbError('cluster-unknown', `no cluster "${called}" is registered; registered: ${known}`, {
    object: called,
    hint: 'register it with addCluster and deploy, or correct spec.destination; a cluster is known some minutes after the deployment',
  });
}

/** Clusters of which no more can be asked than what their last scan found out: for those who render. */
export class KnownClusters implements Clusters {
  readonly #state: KeptStore;

  constructor(state: KeptStore) {
    this.#state = state;
  }

  async open(destination: Destination): Promise<Cluster> {
    const { id, server } = await findCluster(destination, this.#state);
    const facts = (await loadScanned(this.#state.store, id))?.scanned.facts;
    if (facts === undefined)
      throw new PlumbError('render-pending', `nothing is known yet of cluster ${id}`, {
        object: id,
        hint: 'its first scan finds out what it serves; if that fails, the log of the function scan says why',
        retryable: true,
      });
    const known = async (): ReturnType<Cluster['facts']> => ({ name: id, server, ...facts });
    return unreachable(id, known);
  }
}

/** Whoever renders has no business in a cluster. */
function unreachable(name: string, facts: Cluster['facts']): Cluster {
  const refuse = (): never => {
    throw new PlumbError('cluster-forbidden', `${name} is not to be reached by those who render`, { object: name });
  };
  return {
    name,
    facts,
    rediscover: facts,
    read: refuse,
    readMetadata: refuse,
    list: refuse,
    listMetadata: refuse,
    apply: refuse,
    dryRunApply: refuse,
    delete: refuse,
    requestToken: refuse,
  };
}
