import type { ObjectResult } from '../model/change.ts';
import type { InventoryEntry } from '../model/inventory.ts';
import type { LiveObject } from '../model/manifest.ts';
import { formatRef, keyOf, type ObjectRef } from '../model/object-ref.ts';
import { type Observation, observedAt } from '../model/observation.ts';
import { isAsLastSeen } from './in-sync.ts';
import { pruneDecision } from './prune-rules.ts';
import { refusesSealed, sealedRefusal } from './secrets/sealed-ownership.ts';
import type { Target } from './target.ts';
import { trackingOwner } from './tracking.ts';
import type { Wave } from './waves.ts';

/** An object to write; `before` is what was there, metadata only. */
export type PlannedApply = { readonly target: Target; readonly before?: LiveObject };

/** An object that is as wanted, and the entry that says so. */
export type Unchanged = { readonly target: Target; readonly live: LiveObject; readonly entry: InventoryEntry };

export type PlannedDelete = { readonly entry: InventoryEntry; readonly live: LiveObject };

/** What one wave comes to, given what was observed. Nothing is in two lists. */
export type WavePlan = {
  readonly groups: readonly (readonly PlannedApply[])[];
  readonly unchanged: readonly Unchanged[];
  readonly deletes: readonly PlannedDelete[];
  /** Owned objects that are not wanted and yet stay, and why. */
  readonly kept: readonly ObjectResult[];
  /** Entries that leave the inventory without a deletion: gone, or no longer ours. */
  readonly forgotten: readonly ObjectRef[];
  /** Objects whose state could not be read, or that another application owns: nothing is done to them. */
  readonly unreadable: readonly ObjectResult[];
};

export type PlanContext = {
  readonly application: string;
  readonly inventory: ReadonlyMap<string, InventoryEntry>;
  readonly prune: boolean;
  readonly approvePrune: boolean;
  readonly syncOptions: readonly string[];
  readonly projectForbids: (ref: ObjectRef) => string | undefined;
  /** What other targets are made of from now on, by `keyOf`: it goes whether or not anything is pruned, for it would only stand in their way. */
  readonly handedOver: ReadonlySet<string>;
  /** Which object that is not ours has a controller keep this one, so that two would fight over it; undefined: none. */
  readonly keptByOther: (live: LiveObject) => ObjectRef | undefined;
};

/** Decides for every object of a wave: write, leave, delete, keep or forget. */
export function planWave(wave: Wave, observation: Observation, context: PlanContext): WavePlan {
  const targets = wave.groups.flat();
  const verdicts = new Map(targets.map((target) => [target, judgeTarget(target, observation, context)]));
  const removals = wave.prune.map((entry) => judgeRemoval(entry, observation, context));
  return {
    groups: wave.groups
      .map((group) => group.flatMap((target) => verdicts.get(target)?.apply ?? []))
      .filter((group) => group.length > 0),
    unchanged: targets.flatMap((target) => verdicts.get(target)?.unchanged ?? []),
    deletes: removals.flatMap(({ remove }) => remove ?? []),
    kept: removals.flatMap(({ kept }) => kept ?? []),
    forgotten: removals.flatMap(({ forgotten }) => forgotten ?? []),
    unreadable: targets.flatMap((target) => verdicts.get(target)?.unreadable ?? []),
  };
}

type TargetVerdict = {
  readonly apply?: PlannedApply;
  readonly unchanged?: Unchanged;
  readonly unreadable?: ObjectResult;
};

function judgeTarget(target: Target, observation: Observation, context: PlanContext): TargetVerdict {
  const { inventory, application } = context;
  const { ref, wave, unresolved } = target;
  if (unresolved !== undefined) return { unreadable: { ref, wave, action: 'failed', ...unresolved } };
  const observed = observedAt(observation, target.ref);
  if (observed.state === 'absent') return { apply: { target } };
  if (observed.state === 'unreadable') {
    const message = `its state is unknown: ${observed.message}`;
    const passing = observed.retryable === true ? { retryable: true } : {};
    return { unreadable: { ref: target.ref, wave: target.wave, action: 'failed', message, ...passing } };
  }
  const { live } = observed;
  const owner = trackingOwner(live, target.ref)?.application;
  if (owner !== undefined && owner !== application) {
    const message = `${formatRef(target.ref)} belongs to application ${owner}`;
    return { unreadable: { ref: target.ref, wave: target.wave, action: 'failed', message } };
  }
  const keeper = target.declaredBy === undefined ? undefined : context.keptByOther(live);
  if (keeper !== undefined) return { unreadable: { ref, wave, action: 'failed', ...keptElsewhere(ref, keeper) } };
  const entry = inventory.get(keyOf(target.ref));
  if (isOfOthers(target, { live, owner, entry }, context))
    return { unreadable: { ref, wave, action: 'failed', ...sealedRefusal(ref) } };
  if (entry !== undefined && isAsLastSeen(entry, live, target)) return { unchanged: { target, live, entry } };
  return { apply: { target, before: live } };
}

type Held = {
  readonly live: LiveObject;
  readonly owner: string | undefined;
  readonly entry: InventoryEntry | undefined;
};

/** A Secret that a SealedSecret may not have; one whose SealedSecret is handed over was made of it. */
function isOfOthers({ declaredBy }: Target, { live, owner, entry }: Held, { handedOver }: PlanContext): boolean {
  if (owner !== undefined || entry !== undefined || declaredBy === undefined) return false;
  return !handedOver.has(keyOf(declaredBy)) && refusesSealed(declaredBy, live);
}

function keptElsewhere(ref: ObjectRef, keeper: ObjectRef): Pick<ObjectResult, 'message' | 'hint'> {
  return {
    message: `${formatRef(ref)}: ${formatRef(keeper)} in the cluster makes it, and that is not this application's`,
    hint: `delete that ${keeper.kind} and keep what it made (kubectl delete --cascade=orphan), or leave the Secret to its controller with the annotation plumbline.dev/secrets: apply on the Application`,
  };
}

type RemovalVerdict = {
  readonly remove?: PlannedDelete;
  readonly kept?: ObjectResult;
  readonly forgotten?: ObjectRef;
};

function judgeRemoval(entry: InventoryEntry, observation: Observation, context: PlanContext): RemovalVerdict {
  const { ref, wave } = entry;
  const keep = (message: string): RemovalVerdict => ({ kept: { ref, wave, action: 'skipped', message } });
  const observed = observedAt(observation, ref);
  if (observed.state === 'unreadable') return keep(`not pruned: its state is unknown: ${observed.message}`);
  if (observed.state === 'absent') return { forgotten: ref };
  const decision = pruneDecision(entry, observed.live, {
    application: context.application,
    projectForbids: context.projectForbids(ref),
    options: context.syncOptions,
    approved: context.approvePrune,
  });
  if (decision.action === 'forget') return { forgotten: ref };
  if (decision.action === 'keep') return keep(decision.reason);
  if (!context.prune && !context.handedOver.has(keyOf(ref))) return keep('requires pruning; prune is off');
  return { remove: { entry, live: observed.live } };
}
