import type { Clusters } from '../../cluster-ports.ts';
import type { Destination } from '../../model/application.ts';
import { ApiCluster, type ClusterOptions } from './api-cluster.ts';
import { findTarget } from './find-target.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { type KubeconfigSource, loadKubeconfig } from './load-kubeconfig.ts';

/** Without a kubeconfig: those that `environment` names. */
export type KubeconfigClustersOptions = ClusterOptions & {
  readonly kubeconfig?: KubeconfigSource;
  /** What `in-cluster` means; else the kubeconfig's current context. */
  readonly context?: string;
};

/** The clusters of a kubeconfig, read at the first use; one Cluster for each API server and user, kept. */
export class KubeconfigClusters implements Clusters {
  readonly #options: KubeconfigClustersOptions;
  readonly #clusters = new Map<string, ApiCluster>();
  #kubeconfig: Promise<Kubeconfig> | undefined;

  constructor(options: KubeconfigClustersOptions) {
    this.#options = options;
  }

  async open(destination: Destination): Promise<ApiCluster> {
    const target = findTarget(await this.#load(), destination, this.#options.context);
    const key = JSON.stringify([target.cluster.name, target.user?.name]);
    const cluster = this.#clusters.get(key) ?? new ApiCluster(target, this.#options);
    this.#clusters.set(key, cluster);
    return cluster;
  }

  /** Ends all kept connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#clusters.values()].map((cluster) => cluster.close()));
  }

  #load(): Promise<Kubeconfig> {
    const loading = this.#kubeconfig ?? loadKubeconfig(this.#options.kubeconfig, this.#options.environment ?? {});
    this.#kubeconfig = loading;
    loading.catch(() => {
      this.#kubeconfig = undefined;
    });
    return loading;
  }
}
