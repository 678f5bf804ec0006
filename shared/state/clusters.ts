import type { Json } from '../model/json.ts';
import type { RegisteredCluster, ScannedCluster } from '../model/registered-cluster.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { KeptObjects } from './kept-objects.ts';
import { keys } from './keys.ts';

/** Registered clusters, kept for the length of a process. */
export function keptClusters(): KeptObjects<RegisteredCluster> {
  return new KeptObjects(keys.clusters, parseRegistered);
}

/** All clusters that are registered now. */
export async function loadClusters(
  store: ObjectStore,
  kept: KeptObjects<RegisteredCluster>,
): Promise<readonly RegisteredCluster[]> {
  const { found, unreadable } = await kept.load(store, isRegistration);
  // Of a cluster that cannot be read nobody knows what it is called: what means it would be taken for unknown.
  if (unreadable[0] !== undefined) throw unreadable[0].error;
  return [...found.values()];
}

/** True for the key of what the operator says of a cluster, and not of what scans found out. */
export function isRegistration(key: string): boolean {
  return key.endsWith('/registered.json');
}

function parseRegistered({ body }: StoredObject, key: string): RegisteredCluster {
  const cluster = decode('registered-cluster', body, key) as unknown as RegisteredCluster;
  if (keys.registeredCluster(cluster.id) !== key) throw corrupt(key, `it is of ${cluster.id}`);
  return cluster;
}

/** Registers a cluster in place of what was registered under its id; true: it is news. */
export async function saveRegistered(store: ObjectStore, cluster: RegisteredCluster): Promise<boolean> {
  const key = keys.registeredCluster(cluster.id);
  const body = encode('registered-cluster', cluster as unknown as Json);
  const before = await store.get(key);
  if (before !== undefined && Buffer.from(before.body).equals(Buffer.from(body))) return false;
  await store.put(key, body);
  return true;
}

/** What was found out of a cluster, with its etag; undefined: it was never scanned. */
export async function loadScanned(
  store: ObjectStore,
  cluster: string,
): Promise<{ readonly scanned: ScannedCluster; readonly etag: string } | undefined> {
  const key = keys.clusterFacts(cluster);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const scanned = decode('cluster-facts', stored.body, key) as unknown as ScannedCluster;
  if (scanned.id !== cluster) throw corrupt(key, `it is of ${scanned.id}`);
  return { scanned, etag: stored.etag };
}

/** Keeps what was found out of a cluster; false: another scan was faster. */
export async function saveScanned(
  store: ObjectStore,
  scanned: ScannedCluster,
  etag: string | undefined,
): Promise<boolean> {
  const body = encode('cluster-facts', scanned as unknown as Json);
  return (await store.put(keys.clusterFacts(scanned.id), body, etag === undefined ? 'absent' : { etag })).won;
}
