import type { ClusterAdvice } from '../../cluster-ports.ts';
import type { EksCluster } from './eks-registry.ts';

/** What a person can do where a cluster does not let us in, does not answer, or is another one. */
export function adviceOnEks(
  { id, name, region, role }: Pick<EksCluster, 'id' | 'name' | 'region' | 'role'>,
  isPrivate: boolean,
): ClusterAdvice {
  const who = role ?? "Plumbline's own role";
  const entry = `aws eks create-access-entry --region ${region} --cluster-name ${name} --principal-arn ${role ?? '<role>'}`;
  return {
    unknownUser: `Make an access entry for ${who} (${entry}), and check that the clock is right.`,
    unreachable: isPrivate
      ? `Its endpoint is private only: run where its VPC is reached, and let its security group take port 443 from there.`
      : 'Check publicAccessCidrs of its endpoint, the network, and that the cluster still exists.',
    untrusted: `Its certificate is not of the authority that AWS gives for ${id}: check that nothing on the way opens TLS, and what is registered as its endpoint.`,
  };
}
