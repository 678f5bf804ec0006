import { ApiCluster, type ClusterOptions } from './api-cluster.ts';
import { openSecretTarget, type ReadSecret, type SecretKubeconfig } from './secret-kubeconfig.ts';

export type SecretClustersOptions = ClusterOptions & {
  /** Keeps nothing itself: it is asked when what was read before is refused. */
  readonly read: ReadSecret;
};

/** Clusters whose kubeconfigs are kept as secrets; one Cluster for each name and secret, kept. */
export class SecretClusters {
  readonly #options: SecretClustersOptions;
  readonly #clusters = new Map<string, Promise<ApiCluster>>();

  constructor(options: SecretClustersOptions) {
    this.#options = options;
  }

  open(kubeconfig: SecretKubeconfig): Promise<ApiCluster> {
    const key = JSON.stringify([kubeconfig.name, kubeconfig.secret]);
    const kept = this.#clusters.get(key);
    if (kept !== undefined) return kept;
    const opening = openSecretTarget(kubeconfig, this.#options.read).then(
      (target) => new ApiCluster(target, this.#options),
    );
    this.#clusters.set(key, opening);
    opening.catch(() => this.#clusters.delete(key));
    return opening;
  }

  /** Ends all kept connections. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#clusters.values());
    await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }
}
