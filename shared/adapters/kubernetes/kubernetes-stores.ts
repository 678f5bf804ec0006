import type { Cluster } from '../../cluster-ports.ts';
import { canonicalJson, type Json } from '../../model/json.ts';
import type { SecretProvider, StoreAccess } from '../../secret-ports.ts';
import { ApiCluster, type ClusterOptions } from './api-cluster.ts';
import { KubernetesProvider } from './kubernetes-provider.ts';
import { type KubernetesSecretStore, targetOf } from './store-target.ts';

/** A token of a ServiceAccount is good for ten minutes, and may be on its way for a while. */
const renewAfterMs = 8 * 60_000;

export type KubernetesStores = {
  /** SecretError when the credentials that the store names cannot be had. */
  open(store: KubernetesSecretStore, access: StoreAccess): Promise<SecretProvider>;
  /** Ends all connections. */
  close(): Promise<void>;
};

type Connection = { readonly openedAt: number; readonly cluster: Promise<ApiCluster | undefined> };

/** Opens stores of Kubernetes' own Secrets: in the cluster that is deployed to, or at another API server. */
export function createKubernetesStores(options: ClusterOptions): KubernetesStores {
  const connections = new Map<string, Connection>();
  const connect = async (store: KubernetesSecretStore, access: StoreAccess): Promise<Cluster> => {
    const key = identityOf(store, access);
    const known = connections.get(key);
    const isGood = known !== undefined && Date.now() - known.openedAt < renewAfterMs;
    const connection = isGood ? known : { openedAt: Date.now(), cluster: openCluster(store, access, options) };
    connections.set(key, connection);
    connection.cluster.catch(() => connections.delete(key));
    // Requests under way on the old one are answered first.
    if (!isGood) void known?.cluster.then((cluster) => cluster?.close()).catch(() => undefined);
    return (await connection.cluster) ?? access.cluster;
  };
  return {
    open: async (store, access) => {
      await connect(store, access);
      return new KubernetesProvider({ store, conceal: options.conceal, connect: () => connect(store, access) });
    },
    close: async () => {
      const all = await Promise.allSettled([...connections.values()].map(({ cluster }) => cluster));
      connections.clear();
      await Promise.all(all.map((each) => (each.status === 'fulfilled' ? each.value?.close() : undefined)));
    },
  };
}

async function openCluster(
  store: KubernetesSecretStore,
  access: StoreAccess,
  options: ClusterOptions,
): Promise<ApiCluster | undefined> {
  const target = await targetOf(store, access);
  return target && new ApiCluster(target, options);
}

/** References without a namespace mean that of whoever asks, so each namespace has a connection of its own. */
function identityOf({ ref, provider }: KubernetesSecretStore, { cluster, namespace }: StoreAccess): string {
  return canonicalJson([cluster.name, ref, provider, namespace] as unknown as Json);
}
