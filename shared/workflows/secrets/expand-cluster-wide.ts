import { servedKind } from '../../model/cluster.ts';
import type { Manifest } from '../../model/manifest.ts';
import { refOf } from '../../model/object-ref.ts';
import type { Cluster } from '../../ports.ts';
import { expandClusterExternalSecret, type LabelledNamespace } from '../../secrets/external/expand.ts';
import { parseClusterExternalSecret } from '../../secrets/external/parse-cluster-external-secret.ts';
import type { Resolved } from './resolution.ts';
import { resolveExternal } from './resolve-external.ts';
import type { Resolving } from './resolving.ts';

/**
 * The Secrets of ClusterExternalSecrets, one in each namespace of the cluster, as it is now, that is selected. One that cannot be read is a
 * SecretError: which Secrets it stands for is not known then.
 */
export async function expandClusterWide(
  manifests: readonly Manifest[],
  resolving: Resolving,
): Promise<readonly Resolved[]> {
  if (manifests.length === 0) return [];
  const parsed = manifests.map((manifest) => ({
    declaredBy: refOf(manifest),
    wide: parseClusterExternalSecret(manifest),
  }));
  const namespaces = await listNamespaces(resolving.request.cluster);
  const singles = parsed.flatMap(({ declaredBy, wide }) =>
    expandClusterExternalSecret(wide, namespaces).map((single) => ({ declaredBy, single })),
  );
  const resolved = await Promise.all(
    singles.map(async ({ declaredBy, single }) => ({ declaredBy, each: await resolveExternal(single, resolving) })),
  );
  return resolved.flatMap(({ declaredBy, each }) =>
    each === undefined ? [] : [{ ...each, record: { ...each.record, declaredBy } }],
  );
}

async function listNamespaces(cluster: Cluster): Promise<readonly LabelledNamespace[]> {
  const kind = servedKind(await cluster.facts(), { group: '', kind: 'Namespace' });
  const listed = kind === undefined ? [] : await cluster.listMetadata({ kind });
  return listed
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }));
}
