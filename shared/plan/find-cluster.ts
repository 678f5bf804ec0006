import type { Destination } from '../model/application.ts';
import type { RegisteredCluster } from '../model/registered-cluster.ts';

/** Argo CD's own names of the cluster that it runs in; here, of the only one there is. */
const ownNames: readonly string[] = [
  'in-cluster',
  'https://kubernetes.default.svc',
  'https://kubernetes.default.svc.cluster.local',
];

/** The clusters that a destination can mean: none, one, or several of one name. */
export function clustersMeant(
  clusters: readonly RegisteredCluster[],
  { name, server }: Destination,
): readonly RegisteredCluster[] {
  const called = comparable(name ?? server ?? '');
  // Of a cluster that is none of EKS the server is not known.
  if (called === '') return [];
  const exact = clusters.filter(({ id, aliases }) => [id, ...aliases].map(comparable).includes(called));
  if (exact.length > 0) return exact;
  const named = clusters.filter((cluster) => [cluster.name, cluster.server].map(comparable).includes(called));
  if (named.length > 0 || !ownNames.includes(called)) return named;
  return clusters;
}

/** A server's URL in the one form in which its spellings are equal, and any other name as it is: EKS shows hosts in capitals. */
function comparable(text: string): string {
  const bare = text.replace(/\/+$/, '');
  return /^https:\/\//i.test(bare) ? bare.toLowerCase().replace(/:443$/, '') : bare;
}
