import type { ClusterFacts } from '../model/cluster.ts';
import type { Json } from '../model/json.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** What was last known of a cluster, so that it can be rendered for while it is away; undefined: nothing. */
export async function loadClusterFacts(store: ObjectStore, cluster: string): Promise<ClusterFacts | undefined> {
  const key = keys.clusterFacts(cluster);
  const stored = await store.get(key);
  return stored === undefined ? undefined : (decode('cluster-facts', stored.body, key) as unknown as ClusterFacts);
}

/** Keeps what a cluster said of itself. The latest word counts, whoever brings it. */
export async function saveClusterFacts(store: ObjectStore, facts: ClusterFacts): Promise<void> {
  await store.put(keys.clusterFacts(facts.name), encode('cluster-facts', facts as unknown as Json));
}
