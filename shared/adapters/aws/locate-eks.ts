import { describeEks, type EksEndpoint } from './describe-eks.ts';
import type { EksCluster } from './eks-registry.ts';
import { createEksRoles } from './eks-roles.ts';

/** Finds out where clusters are, with their roles where they have one. ClusterError where AWS does not tell. */
export function createEksLocator(): (cluster: EksCluster) => Promise<EksEndpoint> {
  const roles = createEksRoles({});
  return (cluster) => describeEks(cluster, { credentials: roles.credentials(cluster, 'relay') });
}
