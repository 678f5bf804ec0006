import { type Attempt, attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { asksForNamespace, namespacesAmong } from '../../plan/destination-namespace.ts';
import { type UnreadyNamespace, unreadyNamespace } from '../sync/look-at-namespace.ts';

/** An application as a scan needs it. */
export type Scanned = { readonly application: Application; readonly head: Head };

/**
 * The names of the applications whose destination namespace is not there, has not the metadata that they manage, or cannot be read:
 * one metadata GET for each application that manages any.
 */
export async function scanNamespaces(scanned: readonly Scanned[], cluster: Cluster): Promise<readonly string[]> {
  const managing = scanned.filter(isManaging).map(({ application }) => application);
  const looked = await Promise.all(managing.map((application) => attempt(unreadyNamespace(application, cluster))));
  return managing.map(({ name }) => name).filter((_name, index) => !isReady(looked[index]));
}

function isManaging({ application, head }: Scanned): boolean {
  const own = namespacesAmong(head.inventory.map(({ ref }) => ref));
  return application.syncPolicy.managedNamespaceMetadata !== undefined && asksForNamespace(application, own);
}

function isReady(looked: Attempt<UnreadyNamespace | undefined> | undefined): boolean {
  return looked?.ok === true && looked.value === undefined;
}
