import { attempt } from '../../apply/attempt.ts';
import { observe } from '../../apply/observe.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { messageOf } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import { indexInventory } from '../../model/inventory.ts';
import { keyOf, type ObjectRef, versionOf } from '../../model/object-ref.ts';
import type { RestoreCounts, RestoreDifference } from '../../model/restore.ts';
import { exceedsBudget } from '../../plan/change-budget.ts';
import { claimedByOthers } from '../../plan/claims.ts';
import { asksForNamespace, namespacesAmong } from '../../plan/destination-namespace.ts';
import { difference } from '../../plan/diff/difference.ts';
import { type PlanContext, type PlannedApply, planWave, type WavePlan } from '../../plan/plan-wave.ts';
import { keptByOther } from '../../plan/secrets/kept-by-other.ts';
import { planWaves } from '../../plan/waves.ts';
import type { Ports } from '../../ports.ts';
import type { Registry } from '../../state/registry.ts';
import { addressesOf, type DesiredState, handedOverIn } from '../sync/desired-state.ts';
import { unreadyNamespace } from '../sync/look-at-namespace.ts';
import { resolvedState } from '../sync/resolved-state.ts';
import type { Restoration } from './load-restoration.ts';
import { namespaceProblems } from './target-namespaces.ts';

/** Why an object, or without `ref` the whole application, cannot be restored. */
export type Blocked = { readonly ref?: ObjectRef; readonly reason: string };

/** What restoring one application comes to. */
export type PlannedApplication = {
  readonly restoration: Restoration;
  readonly counts: RestoreCounts;
  readonly blocked: readonly Blocked[];
  /** True: nothing of it is tried. */
  readonly isBlocked: boolean;
  /** True: all of it is there already, and its state says so. */
  readonly isDone: boolean;
  /** What is owned and not wanted, and stays all the same. */
  readonly leftOver: readonly RestoreDifference[];
  /** So many of the unchanged are so by the API server's dry run; the others are as last seen. */
  readonly comparedByDryRun: number;
};

/** What the whole plan knows. */
export type Surroundings = {
  /** Answers from shared lists. */
  readonly cluster: Cluster;
  /** With the kinds that applications bring which are restored before. */
  readonly facts: ClusterFacts;
  /** Namespaces that they bring. */
  readonly namespaces: ReadonlySet<string>;
  readonly registry: Registry;
  readonly ports: Pick<Ports, 'secrets' | 'clock' | 'store'>;
};

/** What would happen to each object of an application. Nothing is changed; only what is there and not as last seen is dry-run. */
export async function planApplication(restoration: Restoration, around: Surroundings): Promise<PlannedApplication> {
  const planned = await attempt(planObjects(restoration, around));
  if (planned.ok) return planned.value;
  const blocked = restoration.rendered.render.manifests.length;
  return {
    restoration,
    counts: { create: 0, configure: 0, unchanged: 0, blocked, prune: 0 },
    blocked: [{ reason: messageOf(planned.error) }],
    isBlocked: true,
    isDone: false,
    leftOver: [],
    comparedByDryRun: 0,
  };
}

async function planObjects(restoration: Restoration, around: Surroundings): Promise<PlannedApplication> {
  const { request, rendered, inventory, name } = restoration;
  const { cluster, facts } = around;
  const { desired } = await resolvedState(request, { rendered, cluster, inventory, facts }, around.ports);
  const observation = await observe(addressesOf(desired.targets, desired.prunable, around.facts), around.cluster);
  const context = contextOf(restoration, desired, facts);
  const waves = planWaves({ targets: desired.targets, prunable: desired.prunable, application: request.application });
  const plan = joinPlans(waves.map((wave) => planWave(wave, observation, context)));
  const claimed = claimedByOthers(desired.targets, observation, name);
  const objections: readonly Blocked[] = [
    ...claimed.map(({ ref, owner }) => ({ ref, reason: `it belongs to application ${owner}` })),
    ...(await objectionsTo(restoration, { desired, plan }, around)).map((reason) => ({ reason })),
  ];
  const compared = await Promise.all(plan.changes.map((write) => compareOne(write, around.cluster)));
  const unreadable = plan.unreadable.filter(({ ref }) => !claimed.some((each) => keyOf(each.ref) === keyOf(ref)));
  const refused = [
    ...compared.flatMap(({ blocked }) => blocked ?? []),
    ...unreadable.map(({ ref, message }) => ({ ref, reason: message })),
  ];
  const same = compared.filter(({ isSame }) => isSame).length;
  const counts: RestoreCounts = {
    create: plan.creates.length,
    configure: compared.length - same - refused.length + unreadable.length,
    unchanged: same + plan.unchanged.length,
    blocked: objections.length + refused.length,
    prune: plan.deletes.length,
  };
  const isQuiet = counts.create + counts.configure + counts.prune + counts.blocked === 0;
  return {
    restoration,
    counts,
    blocked: [...objections, ...refused],
    isBlocked: objections.length > 0,
    isDone: isQuiet && isSettled(restoration) && !(await bringsMore(restoration, desired, around)),
    leftOver: plan.kept.map(({ ref, message }) => ({ ref, fields: [], message })),
    comparedByDryRun: same,
  };
}

/** As a sync asks, with its policy; a person who approves deletions does so in a sync. */
function contextOf({ request, inventory, name }: Restoration, desired: DesiredState, facts: ClusterFacts): PlanContext {
  const owned = indexInventory(inventory);
  const { syncOptions, automated } = request.application.syncPolicy;
  return {
    application: name,
    inventory: owned,
    prune: automated?.prune ?? false,
    approvePrune: false,
    syncOptions,
    projectForbids: desired.projectForbids,
    handedOver: handedOverIn(desired),
    keptByOther: (live) => keptByOther(live, { facts, inventory: owned }),
  };
}

type JoinedPlan = Pick<WavePlan, 'unchanged' | 'deletes' | 'kept' | 'unreadable'> & {
  readonly creates: readonly PlannedApply[];
  /** What is there, and not as last seen. */
  readonly changes: readonly PlannedApply[];
};

function joinPlans(plans: readonly WavePlan[]): JoinedPlan {
  const writes = plans.flatMap(({ groups }) => groups.flat());
  return {
    creates: writes.filter(({ before }) => before === undefined),
    changes: writes.filter(({ before }) => before !== undefined),
    unchanged: plans.flatMap(({ unchanged }) => unchanged),
    deletes: plans.flatMap(({ deletes }) => deletes),
    kept: plans.flatMap(({ kept }) => kept),
    unreadable: plans.flatMap(({ unreadable }) => unreadable),
  };
}

/** What stands against all of an application, as it would against a sync. */
async function objectionsTo(
  { request, inventory, name, snapshot }: Restoration,
  { desired, plan }: { readonly desired: DesiredState; readonly plan: JoinedPlan },
  { cluster, namespaces }: Surroundings,
): Promise<readonly string[]> {
  const written = [...plan.creates, ...plan.changes].map(({ target }) => target);
  const { application } = request;
  const bringing = { application, targets: desired.targets, written, promised: namespaces };
  const overBudget = exceedsBudget({
    application: name,
    owned: inventory.length,
    toPrune: plan.deletes.length,
    isEmpty: false,
    allowEmpty: false,
    approved: false,
  });
  const pruned = `${plan.deletes.length} of ${inventory.length} owned objects would be pruned, more than half`;
  const wayOut = `if it is meant: plumb rollback ${name} ${snapshot.name} --approve-prune`;
  return [
    ...(await namespaceProblems(bringing, cluster)),
    ...(overBudget === undefined ? [] : [`${pruned}; ${wayOut}`]),
  ];
}

type Compared = { readonly isSame: boolean; readonly blocked?: Blocked };

async function compareOne({ target }: PlannedApply, cluster: Cluster): Promise<Compared> {
  const { ref, manifest } = target;
  const [live, predicted] = await Promise.all([
    attempt(cluster.read({ ref, version: versionOf(manifest.apiVersion) })),
    attempt(cluster.dryRunApply(manifest)),
  ]);
  const failed = live.ok ? predicted : live;
  if (!failed.ok) return { isSame: false, blocked: { ref, reason: messageOf(failed.error) } };
  if (!live.ok || !predicted.ok) return { isSame: false };
  return { isSame: live.value !== undefined && difference(live.value, predicted.value).length === 0 };
}

/** True when the application's state says that just this is deployed, recorded and, where something else came after it, pinned. */
function isSettled({ head, rendered, isMove, isOlder }: Restoration): boolean {
  const { digest } = rendered.render;
  if (head === undefined || isMove || head.deployed?.renderDigest !== digest) return false;
  const newest = head.snapshots.at(-1);
  const isRecorded = newest?.renderDigest === digest && newest.outcome === 'Succeeded';
  const isOver = head.operation === undefined || head.operation.phase === 'Succeeded';
  return isRecorded && isOver && (!isOlder || head.pin?.renderDigest === digest);
}

/** True while the destination namespace lacks what is managed of it, or a child that the application declares is not known. */
async function bringsMore(
  { request }: Restoration,
  { targets, declarations }: DesiredState,
  { cluster, registry }: Surroundings,
): Promise<boolean> {
  const known = new Set([
    ...registry.applications.map(({ application }) => `Application ${application.name}`),
    ...registry.projects.map(({ project }) => `AppProject ${project.name}`),
  ]);
  const brought = declarations.filter(({ kind }) => kind !== 'ApplicationSet');
  if (brought.some(({ kind, metadata }) => !known.has(`${kind} ${metadata.name}`))) return true;
  const { application } = request;
  const own = namespacesAmong(targets.map(({ ref }) => ref));
  if (application.syncPolicy.managedNamespaceMetadata === undefined || !asksForNamespace(application, own))
    return false;
  return (await unreadyNamespace(application, cluster)) !== undefined;
}
