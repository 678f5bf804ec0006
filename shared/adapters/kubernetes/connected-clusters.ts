import type { ClusterConnection, Clusters } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';
import { ApiCluster, type ClusterOptions } from './api-cluster.ts';
import { normaliseServer, type Target } from './find-target.ts';

export type ConnectedClustersOptions = ClusterOptions & {
  /** How to talk to the cluster that a destination means; undefined where it means none. */
  readonly connect: (destination: Destination) => Promise<ClusterConnection | undefined>;
  /** What the clusters are called that can be meant. */
  readonly known: () => readonly string[];
};

/** Clusters that somebody else finds and opens, without a kubeconfig; one Cluster for each name, kept. */
export class ConnectedClusters implements Clusters {
  readonly #options: ConnectedClustersOptions;
  readonly #clusters = new Map<string, ApiCluster>();

  constructor(options: ConnectedClustersOptions) {
    this.#options = options;
  }

  async open(destination: Destination): Promise<ApiCluster> {
    const connection = await this.#options.connect(destination);
    if (connection === undefined) throw unknownCluster(destination, this.#options.known());
    return this.of(connection);
  }

  /** The cluster of a connection, for those who have found it already. */
  of(connection: ClusterConnection): ApiCluster {
    const kept = this.#clusters.get(connection.name) ?? new ApiCluster(toTarget(connection), this.#options);
    this.#clusters.set(connection.name, kept);
    return kept;
  }

  /** Ends all kept connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#clusters.values()].map((cluster) => cluster.close()));
  }
}

function toTarget({ name, server, certificateAuthority, token, locate, advice }: ClusterConnection): Target {
  return {
    name,
    cluster: { name, server, skipTlsVerify: false, ca: { data: certificateAuthority } },
    user: { name, impersonate: [], tokenSource: token },
    ...(locate === undefined ? {} : { locate }),
    ...(advice === undefined ? {} : { advice }),
  };
}

function unknownCluster({ name, server }: Destination, known: readonly string[]): PlumbError {
  const wanted = server === undefined ? (name ?? '') : normaliseServer(server);
  const list = known.length === 0 ? 'none' : known.join(', ');
  return new PlumbError('cluster-unknown', `No cluster "${wanted}" is known. Known: ${list}`, {
    object: wanted,
    hint: 'Register the cluster, or correct spec.destination.',
  });
}
