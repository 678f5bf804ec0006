import { type Attempt, attempt } from '../../apply/attempt.ts';
import { adviceOf } from '../../errors.ts';
import type { Installation } from '../../model/installation.ts';
import type { RegisteredCluster } from '../../model/registered-cluster.ts';
import type { Reporter } from '../../ports.ts';
import { isRegistration, saveRegistered } from '../../state/clusters.ts';
import { saveInstallation } from '../../state/installation.ts';
import type { KeptStore } from '../../state/kept-state.ts';
import { keys } from '../../state/keys.ts';
import { keepMarkKey, saveOperatorSecrets } from '../../state/operator.ts';
import { inParallel } from '../in-parallel.ts';

/** A cluster as its operator registers it, before anybody has looked where it is. */
export type ClusterToRegister = Omit<RegisteredCluster, 'server' | 'certificateAuthority' | 'isPrivate'>;

/** Where a cluster is now. */
export type ClusterPlace = Pick<RegisteredCluster, 'server' | 'certificateAuthority' | 'isPrivate'>;

/** What the operator has deployed. */
export type InstallationSettings = {
  readonly installation: Installation;
  readonly clusters: readonly ClusterToRegister[];
  /** As the operator wrote it; absent: no secret may be read. */
  readonly secretsConfig?: string;
};

export type RegisterPorts = KeptStore & {
  readonly reporter: Reporter;
  readonly locate: (cluster: ClusterToRegister) => Promise<ClusterPlace>;
  readonly randomBytes: (length: number) => Uint8Array;
};

const clustersAtOnce = 8;

/**
 * Writes what the operator has deployed to where all functions find it, the place of each cluster among it; writes only what is news.
 * A cluster that cannot be located stays where it was known to be. Gives how many were registered.
 */
export async function registerInstallation(settings: InstallationSettings, ports: RegisterPorts): Promise<number> {
  const { store } = ports;
  await saveInstallation(store, settings.installation);
  await keepMarkKey(store, ports.randomBytes);
  await saveOperatorSecrets(store, settings.secretsConfig);
  const located = await inParallel(settings.clusters, clustersAtOnce, (cluster) => attempt(register(cluster, ports)));
  for (const each of located) if (!each.ok) tellUnlocated(each, ports);
  await forgetOthers(settings.clusters, ports);
  return located.filter(({ ok }) => ok).length;
}

async function register(cluster: ClusterToRegister, { store, locate }: RegisterPorts): Promise<void> {
  await saveRegistered(store, { ...cluster, ...(await locate(cluster)) });
}

/** What is registered no longer goes by its key: it need not be readable. */
async function forgetOthers(clusters: readonly ClusterToRegister[], { store }: RegisterPorts): Promise<void> {
  const kept = new Set(clusters.map(({ id }) => keys.registeredCluster(id)));
  const registered = (await store.list(keys.clusters)).filter(isRegistration);
  await Promise.all(registered.filter((key) => !kept.has(key)).map((key) => store.delete(key)));
}

function tellUnlocated(failed: Attempt<void>, { reporter }: RegisterPorts): void {
  if (!failed.ok) reporter.report({ type: 'notice', level: 'error', message: adviceOf(failed.error) });
}
