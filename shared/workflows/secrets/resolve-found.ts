import { SecretError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import { jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, keyOf, refOf } from '../../model/object-ref.ts';
import { mostAlike } from '../../model/unknown-fields.ts';
import { isSecret } from '../../plan/secret-data.ts';
import { askedMode, externalSecretKinds, secretsAnnotation, targetOf } from '../../plan/secrets/secret-kinds.ts';
import type { Ports } from '../../ports.ts';
import { expandClusterWide, type Spread } from './expand-cluster-wide.ts';
import { joinTargets } from './join-targets.ts';
import { leftToOthers } from './left-to-others.ts';
import type { Origin, Resolution, Resolved, SecretsRequest } from './resolution.ts';
import { resolveEncrypted } from './resolve-encrypted.ts';
import { resolveOrPass } from './resolve-external.ts';
import { resolveSealed } from './resolve-sealed.ts';
import type { Resolving } from './resolving.ts';
import { type SortedManifests, sortManifests } from './sort-manifests.ts';
import { openShelf } from './store-shelf.ts';

/** Fills in the secrets of a render that has some. */
export async function resolveFound(
  request: SecretsRequest,
  ports: Pick<Ports, 'secrets' | 'clock' | 'store'>,
): Promise<Resolution> {
  const { application, manifests, cluster } = request;
  refuseUnknownMode(application);
  const config = await ports.secrets.config();
  const sorted = sortManifests({ application, config, facts: await cluster.facts(), manifests });
  refuseUnsupported(sorted.byRole.unsupported);
  const published = [...sorted.byRole.store, ...sorted.byRole.generator];
  const shelf = openShelf({
    application: application.name,
    own: published,
    cluster,
    objects: ports.store,
    declaredServer: request.declaredServer,
  });
  const resolving: Resolving = {
    request,
    config,
    ports,
    shelf,
    plain: sorted.plain,
    brought: broughtBy(sorted, application),
    now: ports.clock.now(),
  };
  const { notices, others, ...spread } = await resolveAll(sorted, resolving);
  const left = await leftToOthers(others, published, resolving);
  const shares = { plain: [...sorted.plain, ...left.manifests], resolved: spread.resolved };
  const { plain, resolved, inGit } = joinTargets(shares, application.destination.namespace);
  return {
    manifests: [...plain, ...resolved.flatMap(({ manifest }) => manifest ?? [])],
    origins: originsOf(resolved),
    records: resolved.map(({ record }) => record),
    declared: [...resolved.map(({ record }) => record.declaredBy), ...published.map(refOf), ...inGit],
    published,
    passed: [...sorted.passed, ...others],
    notices: [...notices, ...left.notices, ...resolved.flatMap((each) => each.notices ?? [])],
  };
}

/** The Secrets of Git, and those that are made of something that makes them whole. */
function broughtBy({ plain, encrypted, byRole }: SortedManifests, { destination }: Application): ReadonlySet<string> {
  const isWhole = (manifest: Manifest): boolean =>
    !/^(CreateOr)?Merge$/.test(String(jsonAt(manifest['spec'], 'target', 'creationPolicy')));
  const inGit = [...plain, ...encrypted].filter(isSecret).map((manifest) => {
    const ref = refOf(manifest);
    return keyOf({ ...ref, namespace: ref.namespace || destination.namespace });
  });
  const made = [...byRole['external-secret'].filter(isWhole), ...byRole['sealed-secret']].map((each) =>
    keyOf(targetOf(each)),
  );
  return new Set([...inGit, ...made]);
}

async function resolveAll({ byRole, encrypted }: SortedManifests, resolving: Resolving): Promise<Spread> {
  const spread = await expandClusterWide(byRole['cluster-external-secret'], resolving);
  const [external, sealed, opened] = await Promise.all([
    resolveOrPass(byRole['external-secret'], resolving),
    resolveSealed(byRole['sealed-secret'], resolving),
    resolveEncrypted(encrypted, resolving),
  ]);
  return {
    resolved: [...spread.resolved, ...external.resolved, ...sealed, ...opened],
    others: [...spread.others, ...external.others],
    notices: spread.notices,
  };
}

/** Of several that have a share in one object, the one that carries it. */
function originsOf(resolved: readonly Resolved[]): ReadonlyMap<string, Origin> {
  const carriers = resolved.filter(({ manifest, leftAlone }) => manifest !== undefined || leftAlone === true);
  return new Map(carriers.map((each) => [keyOf(each.record.target), originOf(each)]));
}

function originOf({ record: { declaredBy }, unresolved, leftAlone, stays }: Resolved): Origin {
  return {
    declaredBy,
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(leftAlone === undefined ? {} : { leftAlone }),
    ...(stays === undefined ? {} : { stays }),
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
  const meant = mostAlike(first.kind, externalSecretKinds);
  throw new SecretError('secret-refused', `${object}: this kind is not supported without External Secrets Operator`, {
    object,
    hint: `${meant === undefined ? '' : `did you mean ${meant}? Else `}leave it to that operator (install it, and annotate the Application with plumbline.dev/secrets: apply), or take it out`,
  });
}
