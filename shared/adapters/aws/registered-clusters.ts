import type { ClusterConnection, ClusterEndpoint, ClusterToken } from '../../cluster-ports.ts';
import type { RegisteredCluster } from '../../model/registered-cluster.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { caughtFailure } from './aws-failure.ts';
import { adviceOnEks } from './eks-advice.ts';
import { eksErrorOf } from './eks-error.ts';
import type { EksCluster } from './eks-registry.ts';
import { createEksRoles, type EksRoles } from './eks-roles.ts';
import { signEksToken } from './eks-token.ts';

export type RegisteredClustersOptions = {
  /** Where a cluster is by now. */
  readonly locate: (id: string) => Promise<ClusterEndpoint>;
  readonly conceal: Conceal;
  /** What roles are assumed for now: the name of the session. */
  readonly session: () => string;
  /** Plumbline's own; absent: those that the SDK finds. */
  readonly credentials?: CredentialSource;
};

/** How to talk to EKS clusters that were registered and located by others: AWS is not asked, but for roles that are to be assumed. */
export function connectRegistered(
  options: RegisteredClustersOptions,
): (cluster: RegisteredCluster) => ClusterConnection {
  const roles = createEksRoles(options);
  return (cluster) => toConnection(cluster, { ...options, roles });
}

type Context = RegisteredClustersOptions & { readonly roles: EksRoles };

function toConnection(cluster: RegisteredCluster, context: Context): ClusterConnection {
  const eks: EksCluster = { ...cluster, region: cluster.region ?? '' };
  return {
    name: cluster.id,
    server: cluster.server,
    certificateAuthority: cluster.certificateAuthority,
    token: () => tokenFor(eks, context),
    // Whoever located it looks again every few minutes.
    locate: () => context.locate(cluster.id),
    advice: adviceOnEks(eks, cluster.isPrivate),
  };
}

async function tokenFor(cluster: EksCluster, { roles, conceal, session }: Context): Promise<ClusterToken> {
  try {
    const credentials = await roles.credentials(cluster, session())();
    return await signEksToken({ credentials, region: cluster.region, cluster: cluster.name, now: new Date(), conceal });
  } catch (error) {
    const action = cluster.role === undefined ? 'sts:GetCallerIdentity' : 'sts:AssumeRole';
    throw eksErrorOf(caughtFailure(error, action), cluster);
  }
}
