import type { ClusterAdvice, ClusterEndpoint } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** What Argo CD calls the cluster it runs in; here the current context. */
const inClusterServer = 'https://kubernetes.default.svc';
const inClusterName = 'in-cluster';

/** An API server and who to be there. `name` is what people call it: the context, or else the cluster entry. */
export type Target = {
  readonly name: string;
  readonly cluster: ClusterEntry;
  readonly user?: UserEntry;
  /** Who to be now; the same object until it changes. Absent where that is always `user`. */
  readonly renewUser?: () => Promise<UserEntry>;
  /** Where it is now; absent where nobody can tell more than the entry does. */
  readonly locate?: () => Promise<ClusterEndpoint>;
  readonly advice?: ClusterAdvice;
};

/**
 * The target of a destination: `in-cluster` is the given or current context; another name is a context or a cluster entry;
 * a server is the cluster entry of that URL. Where several contexts lead there, the current one wins, then the first.
 */
export function findTarget(kubeconfig: Kubeconfig, destination: Destination, context?: string): Target {
  const current = context ?? kubeconfig.currentContext;
  const candidates = orderByCurrent(kubeconfig.contexts, current);
  const found = isInCluster(destination)
    ? candidates.find(({ name }) => name === current)
    : (candidates.find(({ name }) => name === destination.name) ??
      candidates.find(({ cluster }) => matches(kubeconfig, cluster, destination)));
  const cluster = kubeconfig.clusters.find((entry) =>
    found === undefined ? matches(kubeconfig, entry.name, destination) : entry.name === found.cluster,
  );
  if (cluster === undefined || !URL.canParse(cluster.server)) throw unknownCluster(kubeconfig, destination, current);
  const user = kubeconfig.users.find(({ name }) => name === found?.user);
  return { name: found?.name ?? cluster.name, cluster, ...(user === undefined ? {} : { user }) };
}

function isInCluster({ server, name }: Destination): boolean {
  return name === inClusterName || (server !== undefined && normaliseServer(server) === inClusterServer);
}

function orderByCurrent(contexts: readonly ContextEntry[], current: string | undefined): readonly ContextEntry[] {
  return [...contexts.filter(({ name }) => name === current), ...contexts.filter(({ name }) => name !== current)];
}

function matches(kubeconfig: Kubeconfig, clusterName: string, destination: Destination): boolean {
  if (destination.name !== undefined) return clusterName === destination.name;
  const entry = kubeconfig.clusters.find(({ name }) => name === clusterName);
  return (
    entry !== undefined &&
    destination.server !== undefined &&
    normaliseServer(entry.server) === normaliseServer(destination.server)
  );
}

/** A server URL in the one form in which equal servers are equal, without credentials, default port and slash at its end. */
export function normaliseServer(server: string): string {
  const written = server.trim();
  if (!URL.canParse(written)) return written.replace(/\/+$/, '');
  const { origin, pathname } = new URL(written);
  return origin + pathname.replace(/\/+$/, '');
}

function unknownCluster(kubeconfig: Kubeconfig, destination: Destination, current: string | undefined): PlumbError {
  const wanted = destination.server === undefined ? (destination.name ?? '') : normaliseServer(destination.server);
  const subject = isInCluster(destination)
    ? `The current context ${current === undefined ? 'is not set' : `"${current}" has no usable cluster`} (destination ${wanted})`
    : `No cluster "${wanted}" is known`;
  return new PlumbError('cluster-unknown', `${subject}. Known: ${knownNames(kubeconfig)}`, {
    object: wanted,
    hint: 'Add a cluster and a context to the kubeconfig (kubectl config set-cluster, set-context), or correct spec.destination.',
  });
}

function knownNames({ contexts, clusters }: Kubeconfig): string {
  const known = contexts.map(({ name, cluster }) => {
    const server = clusters.find((entry) => entry.name === cluster)?.server;
    return server === undefined ? name : `${name} (${normaliseServer(server)})`;
  });
  return known.length === 0 ? 'none' : known.join(', ');
}
