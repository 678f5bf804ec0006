import type { Cluster } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import type { Ports } from '../../ports.ts';
import type { Resolution, SecretsRequest } from '../secrets/resolution.ts';
import { resolveSecrets } from '../secrets/resolve-secrets.ts';
import { stampTargets } from '../secrets/stamp-targets.ts';
import { type DesiredState, desiredState } from './desired-state.ts';

/** What a render comes to on one cluster, its secrets filled in. */
export type ResolvedState = { readonly desired: DesiredState; readonly secrets: Resolution };

export type Owning = {
  readonly rendered: Pick<RenderedSources, 'render' | 'secretVersions'>;
  readonly cluster: Cluster;
  readonly inventory: Inventory;
  /** How secrets were resolved before. */
  readonly recorded?: readonly SecretRecord[] | undefined;
  /** Kinds that count as served; default: those of the cluster. */
  readonly facts?: ClusterFacts;
};

/** Resolves the secrets of a render and lays out all that is wanted of the cluster. Nothing is changed anywhere. */
export async function resolvedState(
  request: SyncRequest,
  owning: Owning,
  ports: Pick<Ports, 'secrets' | 'clock' | 'store'>,
): Promise<ResolvedState> {
  const { cluster } = owning;
  const secrets = await resolveSecrets(secretsRequest(request, owning), ports);
  const wanted = await currentDesiredState(request, secrets, owning);
  const targets = await stampTargets(wanted.targets, { secrets, cluster, conceal: ports.secrets.conceal });
  return { desired: { ...wanted, targets }, secrets };
}

/** A kind that seems to be missing may have come since the cluster was asked: it is asked once more. */
async function currentDesiredState(
  request: SyncRequest,
  secrets: Resolution,
  { cluster, inventory, facts }: Owning,
): Promise<DesiredState> {
  const { manifests } = secrets;
  try {
    return desiredState(request, manifests, { facts: facts ?? (await cluster.facts()), inventory, secrets });
  } catch (error) {
    if (facts !== undefined || !(error instanceof PlumbError) || error.code !== 'manifest-invalid') throw error;
    return desiredState(request, manifests, { facts: await cluster.rediscover(), inventory, secrets });
  }
}

/** A revision that is only looked at is not resolved: who wrote it may not be who may read what it asks for. */
function secretsRequest(
  { application, project, revision, declaredServer, lookOnly = false }: SyncRequest,
  { rendered: { render, secretVersions }, cluster, recorded }: Owning,
): SecretsRequest {
  return {
    application,
    project,
    manifests: render.manifests,
    cluster,
    namesOnly: lookOnly && revision !== undefined,
    ...(recorded === undefined ? {} : { recorded }),
    ...(declaredServer === undefined ? {} : { declaredServer }),
    ...(secretVersions === undefined ? {} : { versions: secretVersions }),
  };
}
