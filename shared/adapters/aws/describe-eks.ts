import type { Cluster as Described } from '@aws-sdk/client-eks';
import type { ClusterEndpoint } from '../../cluster-ports.ts';
import { attempt, usualAttempts } from './attempt.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { callConfig } from './call-options.ts';
import { eksErrorOf, notActiveError } from './eks-error.ts';
import { type EksCluster, normaliseServer } from './eks-registry.ts';

/** Where a cluster is, and from where it can be reached. */
export type EksEndpoint = ClusterEndpoint & { readonly isPrivate: boolean };

export type EksReader = { readonly timeoutMs?: number | undefined; readonly credentials: CredentialSource };

/** Asks AWS where a cluster is. A ClusterError where there is none, it may not be looked at, or it is not usable. */
export async function describeEks(cluster: EksCluster, reader: EksReader): Promise<EksEndpoint> {
  const { EksCalls } = await import('./clients/eks-calls.ts');
  const client = new EksCalls(callConfig({ ...reader, region: cluster.region }));
  const action = 'eks:DescribeCluster';
  const answer = await attempt(action, () => client.describeCluster({ name: cluster.name }), usualAttempts);
  client.destroy();
  if (!answer.ok) throw eksErrorOf(answer.failure, cluster);
  return toEndpoint(cluster, answer.value.cluster ?? {});
}

/** A cluster that is being updated serves as before. */
function toEndpoint(cluster: EksCluster, described: Partial<Described>): EksEndpoint {
  const { status = '', endpoint = '', certificateAuthority, resourcesVpcConfig } = described;
  const authority = certificateAuthority?.data ?? '';
  const usable = /^(ACTIVE|UPDATING)$/.test(status) && authority !== '' && URL.canParse(endpoint);
  if (!usable) throw notActiveError(cluster, status);
  return {
    server: normaliseServer(endpoint),
    certificateAuthority: authority,
    isPrivate: resourcesVpcConfig?.endpointPublicAccess === false,
  };
}
