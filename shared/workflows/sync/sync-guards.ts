import { PlumbError, SyncError } from '../../errors.ts';
import { formatRef, keyOf } from '../../model/object-ref.ts';
import { type Observation, observedAt } from '../../model/observation.ts';
import { isPartial } from '../../model/sync-request.ts';
import { exceedsBudget } from '../../plan/change-budget.ts';
import { claimedByOthers } from '../../plan/claims.ts';
import type { WavePlan } from '../../plan/plan-wave.ts';
import { trackingOwner } from '../../plan/tracking.ts';
import { childrenOf } from './register-children.ts';
import type { SyncRun } from './sync-run.ts';
import { unseen } from './unseen.ts';

/** PlumbError `cluster-conflict` when another application owns one of the targets; nothing is taken over in silence. */
export function refuseClaimed({ request, desired }: SyncRun, observation: Observation): void {
  const { name } = request.application;
  const claimed = claimedByOthers(desired.targets, observation, name);
  if (claimed.length === 0) return;
  const lines = claimed.slice(0, 10).map(({ ref, owner }) => `  ${formatRef(ref)} belongs to application ${owner}`);
  throw new PlumbError('cluster-conflict', `${name}: nothing was applied, because\n${lines.join('\n')}`, {
    object: name,
    hint: 'remove the object from one of the two applications; to hand it over, take the annotation argocd.argoproj.io/tracking-id off the live object',
  });
}

/** SyncError `pinned` when a revision is asked for by name while a snapshot is pinned: the next look at Git would undo it. */
export function refuseWhilePinned({ request, session }: SyncRun): void {
  const { application, pin } = session.head;
  if (pin === undefined || request.revision === undefined) return;
  throw new SyncError('pinned', `${application}: it is pinned to snapshot ${pin.snapshot}: ${pin.why}`, {
    object: application,
    hint: `plumb unpin ${application} lets it go on from there; plumb diff ${application} --revision ${request.revision} only looks`,
  });
}

/**
 * PlumbError `approval-needed` when more would be deleted than the change budget lets pass without a person.
 * A child that an application of applications declares counts like an object that it owns.
 */
export function refuseBeyondBudget(run: SyncRun, plans: readonly WavePlan[], observation: Observation): void {
  const { request, desired, session, context } = run;
  const { name, syncPolicy } = request.application;
  if (request.leaving === true || isGoingBack(run)) return;
  const children = childrenOf(run);
  // What cannot be read now may be readable, and go, when its wave comes.
  const hidden = context.prune
    ? unseen(
        plans.flatMap(({ kept }) => kept),
        observation,
      )
    : [];
  // With what is handed over nothing that runs goes.
  const deletedFor = ({ deletes }: WavePlan) =>
    deletes.filter(({ entry }) => !context.handedOver.has(keyOf(entry.ref)));
  const reason = exceedsBudget({
    application: name,
    owned: session.head.inventory.length + children.declared.length,
    toPrune: plans.flatMap(deletedFor).length + hidden.length + children.leaving.length,
    isEmpty: desired.targets.length + desired.declarations.length === 0 && !isPartial(request),
    allowEmpty: syncPolicy.automated?.allowEmpty ?? false,
    approved: context.approvePrune,
  });
  if (reason === undefined) return;
  throw new PlumbError('approval-needed', `${name}: nothing was changed: ${reason}`, {
    object: name,
    hint: `see what would go with: plumb diff ${name}`,
  });
}

/**
 * True for what a person, or an application that asks for it, rolls back to: what goes are the objects that came since,
 * however many those are.
 */
function isGoingBack({ session, rendered, desired }: SyncRun): boolean {
  return session.head.pin?.renderDigest === rendered.render.digest && desired.targets.length > 0;
}

/**
 * Says so when objects of an application are there and no state is known of it: what had left Git by then is not known to be owned,
 * and would be left behind.
 */
export function tellLostState({ request, session, desired, cluster, ports }: SyncRun, observation: Observation): void {
  const { name } = request.application;
  if (session.head.operation !== undefined || session.head.inventory.length > 0) return;
  const isOwn = desired.targets.some(({ ref }) => {
    const observed = observedAt(observation, ref);
    return observed.state === 'live' && trackingOwner(observed.live, ref)?.application === name;
  });
  if (!isOwn) return;
  const message = `its objects are there, and no state is known of them; if the state was lost, plumb adopt ${cluster.name} finds what has left Git since`;
  ports.reporter.report({ type: 'notice', level: 'warning', application: name, message });
}
