import { createHash } from 'node:crypto';
import type { ObjectAddress } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import { type ClusterFacts, servedKind } from '../../model/cluster.ts';
import type { Inventory, InventoryEntry } from '../../model/inventory.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, keyOf, type ObjectRef, versionOf } from '../../model/object-ref.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import { asksForNamespace, namespacesAmong } from '../../plan/destination-namespace.ts';
import { forbiddenDestination, forbiddenNamespace, forbiddenObject } from '../../plan/project-rules.ts';
import { matchesResource } from '../../plan/resource-selector.ts';
import { normaliseTargets, type Target, type TargetProblem } from '../../plan/target.ts';
import type { Resolution } from '../secrets/resolution.ts';

/** Everything a sync wants of a cluster, checked against the project; and what it owns beyond that. */
export type DesiredState = {
  readonly targets: readonly Target[];
  /** Owned and not wanted any more. */
  readonly prunable: readonly InventoryEntry[];
  /** Application and AppProject objects; they go to the registry, never to a cluster. */
  readonly declarations: readonly Manifest[];
  readonly notices: readonly string[];
  readonly projectForbids: (ref: ObjectRef) => string | undefined;
  /** Owned, and from now on kept by a controller in the cluster, or shared with others: they stay, and are ours no longer. */
  readonly released: readonly InventoryEntry[];
};

/** What is known of a render's secrets; absent: nothing in it stands for one. */
export type KnownSecrets = Pick<Resolution, 'origins' | 'declared' | 'passed' | 'notices'>;

type Asked = Pick<SyncRequest, 'application' | 'project' | 'resources' | 'declaredServer'>;

/**
 * The targets and prune candidates of a render.
 * A PlumbError lists every object that may not or cannot be applied; then nothing is touched.
 */
export function desiredState(
  asked: Asked,
  manifests: readonly Manifest[],
  known: { readonly facts: ClusterFacts; readonly inventory: Inventory; readonly secrets: KnownSecrets },
): DesiredState {
  const { application, project, resources = [] } = asked;
  const { facts, inventory, secrets } = known;
  const declaredServer = application.destination.server ?? asked.declaredServer ?? facts.server;
  const normal = normaliseTargets({ manifests, facts, application, hash: sha256 });
  refuse(
    application.name,
    'manifest-invalid',
    normal.problems.map((problem) => withMaker(problem, secrets)),
  );
  const destination = { ...application.destination, server: declaredServer };
  const makers = makersOf(secrets, inventory);
  const projectForbids = (ref: ObjectRef): string | undefined => {
    const namespaced = ref.namespace !== '';
    // What somebody may declare is asked of what they declare: an ExternalSecret, where that is what a Secret is made of.
    const declared = makers.get(keyOf(ref)) ?? ref;
    // Who may declare ExternalSecrets may have Secrets, but not by that way whatever else there is.
    const isOther = declared !== ref && ref.kind !== 'Secret';
    return (
      forbiddenObject(project, declared, declared.namespace !== '') ??
      (isOther ? forbiddenObject(project, ref, namespaced) : undefined) ??
      (namespaced ? forbiddenNamespace(project, { ...destination, namespace: ref.namespace }, facts) : undefined)
    );
  };
  const own = namespacesAmong(normal.targets.map(({ ref }) => ref));
  const namespaceForbidden = asksForNamespace(application, own)
    ? forbiddenDestination(project, destination)
    : undefined;
  const namespaceRef = { group: '', kind: 'Namespace', namespace: '', name: destination.namespace };
  refuse(application.name, 'project-forbids', [
    ...forbidden([...normal.targets.map(({ ref }) => ref), ...secrets.declared], projectForbids),
    ...(namespaceForbidden === undefined ? [] : [{ ref: namespaceRef, message: namespaceForbidden }]),
  ]);
  refuseNoMatch(asked, [...normal.targets.map(({ ref }) => ref), ...inventory.map(({ ref }) => ref)]);
  const wanted = new Set(normal.targets.map(({ ref }) => keyOf(ref)));
  const isSelected = (ref: ObjectRef): boolean => resources.length === 0 || matchesResource(resources, ref);
  const isHeld = heldBy(secrets);
  const unwanted = inventory.filter(
    (entry) => !wanted.has(keyOf(entry.ref)) && isSelected(entry.ref) && !isHeld(entry),
  );
  const passed = new Set(secrets.passed.map(({ target }) => keyOf(target)));
  const { released = [], prunable = [] } = Object.groupBy(unwanted, ({ ref, stays }) =>
    passed.has(keyOf(ref)) || stays === true ? 'released' : 'prunable',
  );
  return {
    targets: normal.targets.filter(({ ref }) => isSelected(ref)).map((target) => withOrigin(target, secrets)),
    prunable,
    declarations: normal.declarations,
    notices: [
      ...secrets.notices,
      ...normal.hooks.map(({ ref }) => `${formatRef(ref)} is a hook and was left out: hooks are not run yet`),
    ],
    projectForbids,
    released,
  };
}

/** A Secret that Git has twice is easier to find by what one of the two is made of. */
function withMaker(problem: TargetProblem, { origins }: KnownSecrets): TargetProblem {
  const maker = origins.get(keyOf(problem.ref))?.declaredBy;
  if (maker === undefined || keyOf(maker) === keyOf(problem.ref)) return problem;
  return { ...problem, message: `${problem.message} (one is made of ${formatRef(maker)})` };
}

function withOrigin(target: Target, { origins }: KnownSecrets): Target {
  const origin = origins.get(keyOf(target.ref));
  if (origin === undefined) return target;
  const { declaredBy, unresolved, stays } = origin;
  return {
    ...target,
    declaredBy,
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(stays === undefined ? {} : { stays }),
  };
}

/** What was made of something that cannot be resolved now, or that says so, stays as it is, whatever it is to become. */
function heldBy({ origins }: KnownSecrets): (entry: InventoryEntry) => boolean {
  const failing = [...origins.values()].filter(({ unresolved, leftAlone }) => leftAlone ?? unresolved !== undefined);
  const keys = new Set(failing.map(({ declaredBy }) => keyOf(declaredBy)));
  return ({ declaredBy }) => declaredBy !== undefined && keys.has(keyOf(declaredBy));
}

/** What objects are made of, where that is another kind: as they are now, and as they were when they were applied. */
function makersOf({ origins }: KnownSecrets, inventory: Inventory): ReadonlyMap<string, ObjectRef> {
  const before = inventory.flatMap(({ ref, declaredBy }) => (declaredBy ? [[keyOf(ref), declaredBy] as const] : []));
  return new Map([...before, ...[...origins].map(([key, { declaredBy }]) => [key, declaredBy] as const)]);
}

/** What some of the targets are made of, and what is not applied itself any more. */
export function handedOverIn({ targets, prunable }: Pick<DesiredState, 'targets' | 'prunable'>): ReadonlySet<string> {
  const makers = new Set(targets.flatMap(({ declaredBy }) => (declaredBy === undefined ? [] : [keyOf(declaredBy)])));
  return new Set(prunable.map(({ ref }) => keyOf(ref)).filter((key) => makers.has(key)));
}

/** A selector that means nothing is a slip of the pen, not a success. */
export function refuseNoMatch(
  { application, resources = [] }: Pick<Asked, 'application' | 'resources'>,
  refs: readonly ObjectRef[],
): void {
  if (resources.length === 0 || refs.some((ref) => matchesResource(resources, ref))) return;
  throw new PlumbError('usage', `${application.name} has no object that matches ${resources.join(', ')}`, {
    object: application.name,
    hint: `the form is GROUP:KIND:[NAMESPACE/]NAME, with an empty group for core kinds; plumb status ${application.name} lists the objects`,
  });
}

/** Where to look for the targets and prune candidates. */
export function addressesOf(
  targets: readonly Target[],
  prunable: readonly InventoryEntry[],
  facts: ClusterFacts,
): readonly ObjectAddress[] {
  const wanted = targets.map(({ ref, manifest }) => ({ ref, version: versionOf(manifest.apiVersion) }));
  const owned = prunable.map(({ ref, version }) => ({ ref, version: servedVersion(facts, ref, version) }));
  return [...wanted, ...owned];
}

/** The version an object was applied in, or the preferred one when that is served no longer. */
function servedVersion(facts: ClusterFacts, ref: ObjectRef, version: string): string {
  const asApplied = servedKind(facts, { group: ref.group, kind: ref.kind, version });
  return asApplied?.version ?? servedKind(facts, { group: ref.group, kind: ref.kind })?.version ?? version;
}

function forbidden(
  refs: readonly ObjectRef[],
  projectForbids: (ref: ObjectRef) => string | undefined,
): readonly Problem[] {
  return refs.flatMap((ref) => {
    const message = projectForbids(ref);
    return message === undefined ? [] : [{ ref, message }];
  });
}

type Problem = { readonly ref: ObjectRef; readonly message: string };

const shownProblems = 10;

function refuse(application: string, code: 'manifest-invalid' | 'project-forbids', problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.slice(0, shownProblems).map(({ ref, message }) => `  ${formatRef(ref)}: ${message}`);
  if (problems.length > shownProblems) lines.push(`  … and ${problems.length - shownProblems} more`);
  throw new PlumbError(code, `${application}: nothing was applied, because\n${lines.join('\n')}`, {
    object: application,
    hint:
      code === 'project-forbids'
        ? "change the manifests, or have the project's owner allow it in the AppProject"
        : 'correct the manifests in Git',
  });
}

/** In hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
