import { createAwsClients } from './aws-clients.ts';
import { describeEks, type EksEndpoint } from './describe-eks.ts';
import type { EksCluster } from './eks-registry.ts';
import { createEksRoles } from './eks-roles.ts';

/** Finds out where clusters are, with their roles where they have one. ClusterError where AWS does not tell. */
export function createEksLocator(): (cluster: EksCluster) => Promise<EksEndpoint> {
  const clients = createAwsClients(10_000);
  const roles = createEksRoles({}, clients);
  return (cluster) => describeEks(cluster, { clients, credentials: roles.credentials(cluster, 'relay') });
}
