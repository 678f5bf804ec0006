import { PlumbError } from '../../shared/errors.ts';
import type { RegisteredCluster } from '../../shared/model/registered-cluster.ts';
import { clustersMeant } from '../../shared/plan/find-cluster.ts';
import { loadClusters } from '../../shared/state/clusters.ts';
import { findCluster } from '../../shared/workflows/jobs/known-clusters.ts';
import { clusterNamed, knownClusters, unknownCluster } from '../../shared/workflows/restore/known-clusters.ts';
import type { RestoreRequest } from '../../shared/workflows/restore/plan-restore.ts';
import { refuseWhileAway } from './find-declared.ts';
import type { Steering } from './steering.ts';

/** Which cluster's applications are restored, as their state names it, and where to. */
export type RestorePlace = { readonly cluster: string; readonly to: RegisteredCluster };

/** A registered cluster may be called by any of its names; one that is registered no longer by the name that state has of it. */
export async function placeRestore(
  { cluster, to }: Pick<RestoreRequest, 'cluster' | 'to'>,
  steering: Steering,
): Promise<RestorePlace> {
  const from = await sourceNamed(cluster, steering);
  const target = await findCluster(destinationOf(to ?? from), steering);
  await refuseWhileAway(target.id, steering);
  return { cluster: from, to: target };
}

async function sourceNamed(given: string, { store, kept }: Steering): Promise<string> {
  const homes = await knownClusters(store);
  const isHome = (name: string): boolean => homes.some(({ cluster }) => cluster === name);
  if (isHome(given)) return given;
  const meant = clustersMeant(await loadClusters(store, kept.clusters), destinationOf(given)).filter(({ id }) =>
    isHome(id),
  );
  const [found, ...others] = meant;
  if (others.length > 0)
    throw new PlumbError('usage', `several clusters are called "${given}"`, {
      object: given,
      hint: `give one of them: ${meant.map(({ id }) => id).join(', ')}`,
    });
  if (found !== undefined) return found.id;
  const named = await clusterNamed(given, store);
  if (!isHome(named)) throw unknownCluster(given, homes);
  return named;
}

function destinationOf(called: string): {
  readonly name?: string;
  readonly server?: string;
  readonly namespace: string;
} {
  return called.includes('://') ? { server: called, namespace: '' } : { name: called, namespace: '' };
}
