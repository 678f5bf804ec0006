import { SecretError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, keyOf, refOf } from '../../model/object-ref.ts';
import { askedMode, secretsAnnotation } from '../../plan/secrets/secret-kinds.ts';
import type { Ports } from '../../ports.ts';
import { expandClusterWide } from './expand-cluster-wide.ts';
import { type Origin, type Resolution, type Resolved, type SecretsRequest, withoutSecrets } from './resolution.ts';
import { resolveEncrypted } from './resolve-encrypted.ts';
import { resolveExternal } from './resolve-external.ts';
import { resolveSealed } from './resolve-sealed.ts';
import type { Resolving } from './resolving.ts';
import { isConcerned, type SortedManifests, sortManifests } from './sort-manifests.ts';
import { openShelf } from './store-shelf.ts';

/**
 * Fills in the secrets of a render, for the next call to its cluster only. What cannot be resolved stands in the result with its reason;
 * all else goes on. A render without secrets costs nothing.
 */
export async function resolveSecrets(
  request: SecretsRequest,
  ports: Pick<Ports, 'secrets' | 'clock' | 'store'>,
): Promise<Resolution> {
  const { application, manifests, cluster } = request;
  if (!manifests.some(isConcerned)) return withoutSecrets(manifests);
  refuseUnknownMode(application);
  const config = await ports.secrets.config();
  const sorted = sortManifests({ application, config, facts: await cluster.facts(), manifests });
  refuseUnsupported(sorted.byRole.unsupported);
  const published = [...sorted.byRole.store, ...sorted.byRole.generator];
  const shelf = openShelf({
    own: published,
    cluster,
    objects: ports.store,
    declaredServer: request.declaredServer,
  });
  const resolving: Resolving = { request, config, ports, shelf, plain: sorted.plain, now: ports.clock.now() };
  const resolved = await resolveAll(sorted, resolving);
  return {
    manifests: [...sorted.plain, ...resolved.flatMap(({ manifest }) => manifest ?? [])],
    origins: new Map(resolved.map((each) => [keyOf(each.record.target), originOf(each)])),
    records: resolved.map(({ record }) => record),
    published,
    passed: sorted.passed,
    notices: resolved.flatMap(({ notices = [] }) => notices),
  };
}

async function resolveAll({ byRole, encrypted }: SortedManifests, resolving: Resolving): Promise<readonly Resolved[]> {
  const spread = await expandClusterWide(byRole['cluster-external-secret'], resolving);
  const [external, sealed, opened] = await Promise.all([
    Promise.all(byRole['external-secret'].map((manifest) => resolveExternal(manifest, resolving))),
    resolveSealed(byRole['sealed-secret'], resolving),
    resolveEncrypted(encrypted, resolving),
  ]);
  return [...spread, ...external.flatMap((each) => each ?? []), ...sealed, ...opened];
}

function originOf({ record: { declaredBy }, unresolved, leftAlone }: Resolved): Origin {
  return {
    declaredBy,
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(leftAlone === undefined ? {} : { leftAlone }),
  };
}

function refuseUnknownMode(application: Application): void {
  const asked = application.annotations[secretsAnnotation];
  if (asked === undefined || askedMode(application) !== undefined) return;
  throw new SecretError('secret-invalid', `${application.name}: its annotation ${secretsAnnotation} is "${asked}"`, {
    object: application.name,
    hint: 'write resolve, or apply to leave secrets to controllers in the cluster, or take it out',
  });
}

function refuseUnsupported([first]: readonly Manifest[]): void {
  if (first === undefined) return;
  const object = formatRef(refOf(first));
  throw new SecretError('secret-refused', `${object}: this kind is not supported without External Secrets Operator`, {
    object,
    hint: 'leave it to that operator (install it, and annotate the Application with plumbline.dev/secrets: apply), or take it out',
  });
}
