import type { Cluster } from '../../cluster-ports.ts';
import { servedKind } from '../../model/cluster.ts';
import type { Manifest } from '../../model/manifest.ts';
import { refOf } from '../../model/object-ref.ts';
import { forbiddenNamespace } from '../../plan/project-rules.ts';
import { expandClusterExternalSecret, type LabelledNamespace } from '../../secrets/external/expand.ts';
import type { ClusterExternalSecret } from '../../secrets/external/external-secret.ts';
import { parseClusterExternalSecret } from '../../secrets/external/parse-cluster-external-secret.ts';
import type { SecretsRequest } from './resolution.ts';
import { type ResolvedOrPassed, resolveOrPass } from './resolve-external.ts';
import type { Resolving } from './resolving.ts';

/** What ClusterExternalSecrets came to, what is left to other controllers, and what people should know of it. */
export type Spread = ResolvedOrPassed & { readonly notices: readonly string[] };

/**
 * The Secrets of ClusterExternalSecrets, one in each namespace of the cluster, as it is now, that is selected and that the project allows.
 * One that cannot be read is a SecretError: which Secrets it stands for is not known then.
 */
export async function expandClusterWide(manifests: readonly Manifest[], resolving: Resolving): Promise<Spread> {
  if (manifests.length === 0) return { resolved: [], others: [], notices: [] };
  const parsed = manifests.map(parseClusterExternalSecret);
  const namespaces = await listNamespaces(resolving.request.cluster);
  const isForbidden = await forbiddenIn(resolving.request);
  const spread = await Promise.all(
    parsed.map((wide, index) =>
      spreadOne(
        { wide, by: manifests[index] as Manifest },
        namespaces.filter(({ name }) => !isForbidden(name)),
        resolving,
      ),
    ),
  );
  const forbidden = namespaces.filter(({ name }) => isForbidden(name));
  return {
    resolved: spread.flatMap(({ resolved }) => resolved),
    others: spread.flatMap(({ others }) => others),
    notices: parsed.flatMap((wide) => leftOut(wide, forbidden, resolving.request)),
  };
}

async function spreadOne(
  { wide, by }: { readonly wide: ClusterExternalSecret; readonly by: Manifest },
  namespaces: readonly LabelledNamespace[],
  resolving: Resolving,
): Promise<ResolvedOrPassed> {
  const { apiVersion, name } = wide;
  const declaredBy = refOf({ apiVersion, kind: 'ClusterExternalSecret', metadata: { name } });
  const singles = expandClusterExternalSecret(wide, namespaces);
  const { resolved, others } = await resolveOrPass(singles, resolving);
  return {
    resolved: resolved.map((each) => ({ ...each, record: { ...each.record, declaredBy } })),
    others: others.map(({ target }) => ({ target, by })),
  };
}

async function forbiddenIn({
  application,
  project,
  cluster,
  declaredServer,
}: SecretsRequest): Promise<(namespace: string) => boolean> {
  const facts = await cluster.facts();
  const server = application.destination.server ?? declaredServer ?? facts.server;
  return (namespace) =>
    forbiddenNamespace(project, { ...application.destination, server, namespace }, facts) !== undefined;
}

const shownNamespaces = 5;

function leftOut(
  wide: ClusterExternalSecret,
  forbidden: readonly LabelledNamespace[],
  { project }: SecretsRequest,
): readonly string[] {
  const names = expandClusterExternalSecret(wide, forbidden).map(({ metadata }) => metadata.namespace ?? '');
  if (names.length === 0) return [];
  const more = names.length > shownNamespaces ? `, … (${names.length})` : '';
  const shown = `${names.slice(0, shownNamespaces).join(', ')}${more}`;
  return [`ClusterExternalSecret ${wide.name}: left out, since project ${project.name} does not allow them: ${shown}`];
}

async function listNamespaces(cluster: Cluster): Promise<readonly LabelledNamespace[]> {
  const kind = servedKind(await cluster.facts(), { group: '', kind: 'Namespace' });
  const listed = kind === undefined ? [] : await cluster.listMetadata({ kind });
  return listed
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }));
}
