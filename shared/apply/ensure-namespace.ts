import { type Application, hasSyncOption } from '../model/application.ts';
import type { LiveObject, Manifest, StringMap } from '../model/manifest.ts';
import type { Cluster } from '../ports.ts';

/**
 * Makes the destination namespace when `CreateNamespace=true` asks for it, with `managedNamespaceMetadata`.
 * As in Argo CD it is neither tracked nor pruned. Gives what was done to it.
 */
export async function ensureNamespace(
  application: Application,
  cluster: Cluster,
): Promise<'created' | 'configured' | 'unchanged'> {
  const wanted = wantedNamespace(application);
  const live = await cluster.readMetadata({
    ref: { group: '', kind: 'Namespace', namespace: '', name: wanted.metadata.name },
    version: 'v1',
  });
  if (live !== undefined && hasMetadata(live, wanted)) return 'unchanged';
  await cluster.apply(wanted);
  return live === undefined ? 'created' : 'configured';
}

/** True when the application asks for its namespace and does not bring it itself. */
export function asksForNamespace(application: Application, ownNamespaces: readonly string[]): boolean {
  const { namespace } = application.destination;
  if (namespace === '' || ownNamespaces.includes(namespace)) return false;
  return hasSyncOption(application.syncPolicy.syncOptions, 'CreateNamespace');
}

function wantedNamespace(application: Application): Manifest {
  const managed = application.syncPolicy.managedNamespaceMetadata;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: application.destination.namespace,
      ...(managed === undefined ? {} : { labels: managed.labels, annotations: managed.annotations }),
    },
  };
}

function hasMetadata(live: LiveObject, wanted: Manifest): boolean {
  return (
    includes(live.metadata.labels, wanted.metadata.labels) &&
    includes(live.metadata.annotations, wanted.metadata.annotations)
  );
}

function includes(live: StringMap = {}, wanted: StringMap = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => live[key] === value);
}
