import { PlumbError } from '../../shared/errors.ts';
import type { Head } from '../../shared/model/head.ts';
import type { RegisteredCluster } from '../../shared/model/registered-cluster.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { loadScanned } from '../../shared/state/clusters.ts';
import { loadDeclarations } from '../../shared/workflows/jobs/declarations.ts';
import { findCluster } from '../../shared/workflows/jobs/known-clusters.ts';
import { renderedElsewhere } from '../../shared/workflows/sync/rendered-elsewhere.ts';
import type { Chosen } from '../choose-applications.ts';
import type { Steering } from './steering.ts';

/** All that an installation's control repository declares, as it was last read. */
export async function declaredIn(steering: Steering): Promise<Declarations> {
  const declarations = await loadDeclarations(steering);
  if (declarations !== undefined) return declarations;
  const { id, control } = steering.installation;
  throw new PlumbError('usage', `installation ${id} has not read yet what ${control} declares`, {
    object: id,
    hint: 'it is read within a minute of the deployment; if it is not, plumb doctor --aws says why',
  });
}

/** The cluster of a declared application, whose zone works on it. PlumbError `cluster-unreachable` while it is known to be away. */
export async function clusterOf({ application }: Chosen, steering: Steering): Promise<RegisteredCluster> {
  const cluster = await findCluster(application.destination, steering);
  await refuseWhileAway(cluster.id, steering);
  return cluster;
}

/** A message about a cluster that is known to be away is put aside until its next scan. */
export async function refuseWhileAway(cluster: string, { store, clock }: Steering): Promise<void> {
  const away = (await loadScanned(store, cluster))?.scanned.away;
  if (away === undefined || Date.parse(away.until) <= clock.now().getTime()) return;
  const { since, until, message } = away;
  throw new PlumbError('cluster-unreachable', `cluster ${cluster} has not answered since ${since}: ${message}`, {
    object: cluster,
    hint: `nothing was asked for; the installation tries again after ${until}, and plumb status shows when it is back`,
    retryable: true,
  });
}

/**
 * RenderError or PlumbError `render-pending` where a sync would find nothing to sync: what Git wants could not be rendered, or is not
 * rendered yet. One that is kept at a snapshot needs nothing of Git.
 */
export async function refuseUnrendered(
  { application, project }: Chosen,
  head: Head | undefined,
  { store }: Steering,
): Promise<void> {
  if (head?.pin?.until === 'unpinned') return;
  await renderedElsewhere({ application, project }, { store });
}
