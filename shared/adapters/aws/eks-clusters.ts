import type { ClusterConnection, ClusterToken } from '../../cluster-ports.ts';
import type { Destination } from '../../model/application.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { caughtFailure } from './aws-failure.ts';
import { describeEks, type EksEndpoint } from './describe-eks.ts';
import { adviceOnEks } from './eks-advice.ts';
import { eksErrorOf } from './eks-error.ts';
import { type EksCluster, findMeant, normaliseServer, parseClusters, type RegisteredCluster } from './eks-registry.ts';
import { createEksRoles, type EksRoles } from './eks-roles.ts';
import { signEksToken } from './eks-token.ts';

export type EksOptions = {
  readonly clusters: readonly RegisteredCluster[];
  readonly conceal: Conceal;
  /** Plumbline's own; absent: those that the SDK finds. */
  readonly credentials?: CredentialSource;
  /** Of one attempt. */
  readonly timeoutMs?: number;
};

export type EksClusters = {
  /**
   * How to talk to the cluster that a destination means; undefined when it is none of those registered. Where it has a role, that
   * is assumed in a session which is named after `session`, such as the id of a sync, so that audit logs of both sides show it.
   */
  connect(destination: Destination, session?: string): Promise<ClusterConnection | undefined>;
  /** What the registered clusters are called. */
  known(): readonly string[];
};

/** EKS clusters, to which nothing but AWS credentials opens the way. */
export function createEksClusters(options: EksOptions): EksClusters {
  const clusters = parseClusters(options.clusters);
  const context: Context = {
    timeoutMs: options.timeoutMs,
    conceal: options.conceal,
    kept: new Map(),
    roles: createEksRoles(options),
  };
  return {
    known: () => clusters.map(({ id }) => id),
    connect: async (destination, session = '') => {
      const meant = findMeant(clusters, destination);
      const found =
        meant.by === 'name' ? meant.cluster : await findByServer(meant.candidates, { ...context, ...meant, session });
      return found && toConnection(found, { ...context, session });
    },
  };
}

type Context = {
  readonly timeoutMs: number | undefined;
  readonly conceal: Conceal;
  readonly roles: EksRoles;
  /** By id; what AWS could not tell is not kept. */
  readonly kept: Map<string, Promise<EksEndpoint>>;
};

type Asked = Context & { readonly session: string };

/** Clusters that cannot be looked at are passed over, unless no other is the one: then why is what has to be told. */
async function findByServer(
  candidates: readonly EksCluster[],
  { server, ...asked }: Asked & { readonly server: string },
): Promise<EksCluster | undefined> {
  const looks = await Promise.allSettled(candidates.map((cluster) => endpointOf(cluster, asked)));
  const found = looks.findIndex((look) => look.status === 'fulfilled' && look.value.server === server);
  if (found >= 0) return candidates[found];
  const failed = looks.find((look) => look.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return undefined;
}

async function toConnection(cluster: EksCluster, asked: Asked): Promise<ClusterConnection> {
  const { server, certificateAuthority, isPrivate } = await endpointOf(cluster, asked);
  return {
    name: cluster.id,
    server,
    certificateAuthority,
    token: () => tokenFor(cluster, asked),
    locate: () => describeAnew(cluster, asked),
    advice: adviceOnEks(cluster, isPrivate),
  };
}

function endpointOf(cluster: EksCluster, asked: Asked): Promise<EksEndpoint> {
  const kept = asked.kept.get(cluster.id);
  if (kept !== undefined) return kept;
  if (cluster.endpoint === undefined) return describeAnew(cluster, asked);
  return Promise.resolve({ ...cluster.endpoint, server: normaliseServer(cluster.endpoint.server), isPrivate: false });
}

/** What is found out replaces what was known. */
function describeAnew(cluster: EksCluster, { timeoutMs, roles, kept, session }: Asked): Promise<EksEndpoint> {
  const asked = describeEks(cluster, { timeoutMs, credentials: roles.credentials(cluster, session) });
  kept.set(cluster.id, asked);
  asked.catch(() => {
    if (kept.get(cluster.id) === asked) kept.delete(cluster.id);
  });
  return asked;
}

async function tokenFor(cluster: EksCluster, { roles, conceal, session }: Asked): Promise<ClusterToken> {
  const { name, region, role } = cluster;
  try {
    const credentials = await roles.credentials(cluster, session)();
    return await signEksToken({ credentials, region, cluster: name, now: new Date(), conceal });
  } catch (error) {
    throw eksErrorOf(caughtFailure(error, role === undefined ? 'sts:GetCallerIdentity' : 'sts:AssumeRole'), cluster);
  }
}
