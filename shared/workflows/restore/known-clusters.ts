import { PlumbError } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { findRestorables, type Home } from './find-restorables.ts';

/** The clusters that the store has applications of, by name. */
export async function knownClusters(store: ObjectStore): Promise<readonly Home[]> {
  const nothing = { isHome: () => false, isAsked: () => false, kept: new Map() };
  return (await findRestorables(nothing, store)).homes;
}

/** The name that applications' state has of a cluster, which may be given as the URL of its API server too. */
export async function clusterNamed(given: string, store: ObjectStore): Promise<string> {
  if (!given.includes('://')) return given;
  const homes = await knownClusters(store);
  if (homes.some(({ cluster }) => cluster === given)) return given;
  const there = homes.filter(({ servers }) => servers.some((server) => normal(server) === normal(given)));
  if (there.length > 1)
    throw new PlumbError('usage', `${given} goes by several names in this store`, {
      object: given,
      hint: `give one of them: ${describeHomes(there)}`,
    });
  if (there[0] === undefined) throw unknownCluster(given, homes);
  return there[0].cluster;
}

/** The error for a cluster that no application of the store is in; or `cause`, where only the kubeconfig does not have it. */
export function unknownCluster(name: string, homes: readonly Home[], cause?: PlumbError): PlumbError {
  if (cause !== undefined && homes.some(({ cluster }) => cluster === name)) {
    const elsewhere = `plumb restore cluster ${name} --to CLUSTER restores to another one`;
    const hint = cause.hint === undefined ? elsewhere : `${cause.hint.replace(/\.$/, '')}; ${elsewhere}`;
    return new PlumbError(cause.code, cause.message, { object: name, hint, cause });
  }
  return new PlumbError('cluster-unknown', `no application in this store is in cluster ${name}`, {
    object: name,
    hint: `${describeStore(homes)}; NAME is the cluster that was lost, --to names another one to restore to`,
    cause,
  });
}

/** Which clusters a store knows, with how many applications each has. */
export function describeStore(homes: readonly Home[]): string {
  return homes.length === 0 ? 'the store knows no cluster' : `the store knows ${describeHomes(homes)}`;
}

function describeHomes(homes: readonly Home[]): string {
  return homes
    .map(({ cluster, applications }) => `${cluster} (${applications} application${applications === 1 ? '' : 's'})`)
    .join(', ');
}

function normal(server: string): string {
  return URL.canParse(server) ? new URL(server).href : server;
}
