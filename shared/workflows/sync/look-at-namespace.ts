import type { Cluster, ObjectAddress } from '../../cluster-ports.ts';
import type { Application } from '../../model/application.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { asksForNamespace, isNamespaceAsWanted, namespacesAmong } from '../../plan/destination-namespace.ts';
import type { WavePlan } from '../../plan/plan-wave.ts';
import type { SyncRun } from './sync-run.ts';

/** A destination namespace that is to be made or changed; `live`, metadata only, is absent when it is. */
export type UnreadyNamespace = { readonly live?: LiveObject };

/** Where an application's destination namespace is. */
export function namespaceAddress({ destination }: Application): ObjectAddress {
  return { ref: { group: '', kind: 'Namespace', namespace: '', name: destination.namespace }, version: 'v1' };
}

/**
 * What is to be done to the destination namespace, at the cost of one metadata GET; undefined: nothing.
 * Nobody looks while all that is wanted in it is there and it has no metadata to keep.
 */
export async function lookAtNamespace(
  { request, desired, cluster }: SyncRun,
  plans: readonly WavePlan[],
): Promise<UnreadyNamespace | undefined> {
  const { application, leaving = false } = request;
  const creates = plans.some(({ groups }) => groups.flat().some(({ before }) => before === undefined));
  if (leaving || !(creates || application.syncPolicy.managedNamespaceMetadata !== undefined)) return undefined;
  const refs = desired.targets.map(({ ref }) => ref);
  return asksForNamespace(application, namespacesAmong(refs)) ? unreadyNamespace(application, cluster) : undefined;
}

/** One metadata GET, for an application that asks for its namespace; undefined: it is there and as wanted. */
export async function unreadyNamespace(
  application: Application,
  cluster: Cluster,
): Promise<UnreadyNamespace | undefined> {
  const live = await cluster.readMetadata(namespaceAddress(application));
  if (live === undefined) return {};
  return isNamespaceAsWanted(live, application) ? undefined : { live };
}
