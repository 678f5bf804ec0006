import { createSecretTexts } from '../../shared/adapters/aws/read-secret-text.ts';
import { connectRegistered } from '../../shared/adapters/aws/registered-clusters.ts';
import { ConnectedClusters } from '../../shared/adapters/kubernetes/connected-clusters.ts';
import { SecretClusters } from '../../shared/adapters/kubernetes/secret-clusters.ts';
import type { SecretKubeconfig } from '../../shared/adapters/kubernetes/secret-kubeconfig.ts';
import type { Cluster, Clusters } from '../../shared/cluster-ports.ts';
import type { Destination } from '../../shared/model/application.ts';
import type { RegisteredCluster } from '../../shared/model/registered-cluster.ts';
import type { Conceal } from '../../shared/model/secret-value.ts';
import type { KeptStore } from '../../shared/state/kept-state.ts';
import { findCluster } from '../../shared/workflows/jobs/known-clusters.ts';
import { currentJob } from './current-job.ts';

/** Three of them, as many as are made, fit into a scan: it has to remember that a cluster is silent before its time is over. */
const longestReadMs = 15_000;

export type ClusterWays = {
  /** The one cluster that a destination means; throws where it means none. */
  readonly find: (destination: Destination) => Promise<RegisteredCluster>;
  readonly openEks: (cluster: RegisteredCluster) => Cluster;
  readonly openKubeconfig: (kubeconfig: SecretKubeconfig) => Promise<Cluster>;
};

/** Registered clusters, each opened as it was registered: as one of EKS, or by a kubeconfig that is kept as a secret. */
export function registeredClusters({ find, openEks, openKubeconfig }: ClusterWays): Clusters {
  return {
    open: async (destination) => {
      const cluster = await find(destination);
      const { id: name, kubeconfigSecret: secret } = cluster;
      return secret === undefined ? openEks(cluster) : openKubeconfig({ name, secret });
    },
  };
}

/** The registered clusters of an installation. */
export function openClusters(state: KeptStore, conceal: Conceal): Clusters {
  const find = (destination: Destination): Promise<RegisteredCluster> => findCluster(destination, state);
  const connect = connectRegistered({
    locate: (name) => find({ name, namespace: '' }),
    conceal,
    session: currentJob.id,
  });
  const options = { conceal, job: currentJob.id, timeouts: { read: longestReadMs } };
  const eks = new ConnectedClusters({
    ...options,
    connect: async (destination) => connect(await find(destination)),
    known: () => [],
  });
  const texts = createSecretTexts({ keepMs: 0 });
  const kubeconfigs = new SecretClusters({ ...options, read: (secret) => texts.read(secret) });
  return registeredClusters({
    find,
    openEks: (cluster) => eks.of(connect(cluster)),
    openKubeconfig: (kubeconfig) => kubeconfigs.open(kubeconfig),
  });
}
