import type { Application } from '../model/application.ts';
import type { Head } from '../model/head.ts';
import { asksForNamespace } from '../plan/destination-namespace.ts';
import type { Cluster } from '../ports.ts';
import { namespacesAmong, unreadyNamespace } from './look-at-namespace.ts';

/** An application as a scan needs it. */
export type Scanned = { readonly application: Application; readonly head: Head };

/**
 * The names of the applications whose destination namespace is not there or has not the metadata that they manage:
 * one metadata GET for each application that manages any. Rejects when a namespace cannot be read.
 */
export async function scanNamespaces(scanned: readonly Scanned[], cluster: Cluster): Promise<readonly string[]> {
  const managing = scanned.filter(({ application, head }) => {
    const own = namespacesAmong(head.inventory.map(({ ref }) => ref));
    return application.syncPolicy.managedNamespaceMetadata !== undefined && asksForNamespace(application, own);
  });
  const looked = await Promise.all(
    managing.map(async ({ application }) => ({
      name: application.name,
      unready: (await unreadyNamespace(application, cluster)) !== undefined,
    })),
  );
  return looked.filter(({ unready }) => unready).map(({ name }) => name);
}
