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
  const called = withoutSlash(name ?? server ?? '');
  const exact = clusters.filter((cluster) => cluster.id === called || cluster.aliases.includes(called));
  if (exact.length > 0) return exact;
  const named = clusters.filter((cluster) => cluster.name === called || sameServer(cluster.server, called));
  if (named.length > 0 || !ownNames.includes(called)) return named;
  return clusters;
}

/** Hosts of EKS are shown in capitals. */
function sameServer(server: string, called: string): boolean {
  return withoutSlash(server).toLowerCase() === called.toLowerCase();
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
