import type { InventoryEntry } from '../model/inventory.ts';
import type { LiveObject } from '../model/manifest.ts';
import type { ObjectRef } from '../model/object-ref.ts';
import { objectOption } from './object-options.ts';
import { trackingAnnotation, trackingOwner } from './tracking.ts';

export type PruneDecision =
  | { readonly action: 'delete' }
  | { readonly action: 'keep'; readonly reason: string }
  | { readonly action: 'forget'; readonly reason: string };

export type PruneContext = {
  readonly application: string;
  /** Why the project forbids the object, if it does: what it may not have it may not delete either. */
  readonly projectForbids: string | undefined;
  /** The application's sync options. */
  readonly options: readonly string[];
  /** True: a person agreed to deletions that ask for it. Default false. */
  readonly approved?: boolean;
};

type Candidate = { readonly entry: InventoryEntry; readonly live: LiveObject; readonly context: PruneContext };

/** Asked in this order; the first that has something to say decides. */
const rules: readonly ((candidate: Candidate) => PruneDecision | undefined)[] = [
  forgetForeign,
  forgetOwned,
  keepTerminating,
  keepForbidden,
  keepByOption,
  keepDefinition,
];

/**
 * What happens to an owned object that is not wanted any more: deleted; kept, owned still; or forgotten, because it is not ours.
 * Only metadata is looked at. Source: Argo CD's pruning rules; that CRDs are tracked, and ask for approval, is Plumbline's own.
 */
export function pruneDecision(
  entry: InventoryEntry,
  live: LiveObject | undefined,
  context: PruneContext,
): PruneDecision {
  if (live === undefined) return { action: 'forget', reason: 'it is gone already' };
  for (const rule of rules) {
    const decision = rule({ entry, live, context });
    if (decision !== undefined) return decision;
  }
  return { action: 'delete' };
}

const propagations = { foreground: 'Foreground', background: 'Background', orphan: 'Orphan' } as const;

/** How dependants go: `PrunePropagationPolicy` of the object or the application, else foreground. */
export function pruneUsing(live: LiveObject, options: readonly string[]): 'Foreground' | 'Background' | 'Orphan' {
  const policy = objectOption(live, options, 'PrunePropagationPolicy') ?? 'foreground';
  return Object.entries(propagations).find(([name]) => name === policy)?.[1] ?? 'Foreground';
}

/** True for CustomResourceDefinitions: deleting one deletes every object of its kind. */
function isDefinition({ group, kind }: ObjectRef): boolean {
  return group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}

function forgetForeign({ entry, live, context }: Candidate): PruneDecision | undefined {
  const owner = trackingOwner(live, entry.ref)?.application;
  if (owner === context.application) return undefined;
  if (owner !== undefined) return { action: 'forget', reason: `it belongs to application ${owner} now` };
  const isCopy = live.metadata.annotations?.[trackingAnnotation] !== undefined;
  const recreated = entry.seen !== undefined && entry.seen.uid !== live.metadata.uid;
  if (isCopy) return { action: 'forget', reason: 'its tracking id describes another object: it is a copy' };
  return {
    action: 'forget',
    reason: recreated
      ? 'somebody made it anew without our tracking id'
      : 'it does not carry our tracking id (any more)',
  };
}

function forgetOwned({ live }: Candidate): PruneDecision | undefined {
  const owners = live.metadata.ownerReferences;
  if (!Array.isArray(owners) || owners.length === 0) return undefined;
  return { action: 'forget', reason: 'another object owns it (ownerReferences) and takes it along' };
}

function keepTerminating({ live }: Candidate): PruneDecision | undefined {
  if (live.metadata.deletionTimestamp === undefined) return undefined;
  const finalizers = Array.isArray(live.metadata.finalizers) ? live.metadata.finalizers.join(', ') : '';
  const heldBy = finalizers === '' ? '' : `, held by finalizer ${finalizers}`;
  return { action: 'keep', reason: `it is being deleted already${heldBy}` };
}

function keepForbidden({ context }: Candidate): PruneDecision | undefined {
  if (context.projectForbids === undefined) return undefined;
  return { action: 'keep', reason: `not pruned: ${context.projectForbids}` };
}

function keepByOption({ live, context }: Candidate): PruneDecision | undefined {
  const option = objectOption(live, context.options, 'Prune');
  if (option === 'false') return { action: 'keep', reason: 'not pruned: sync option Prune=false' };
  if (option !== 'confirm' || context.approved === true) return undefined;
  return { action: 'keep', reason: `not pruned: sync option Prune=confirm; ${wayToApprove(context)}` };
}

function keepDefinition({ entry, context }: Candidate): PruneDecision | undefined {
  if (!isDefinition(entry.ref) || context.approved === true) return undefined;
  return { action: 'keep', reason: `not pruned: every object of its kind would go with it; ${wayToApprove(context)}` };
}

function wayToApprove({ application }: PruneContext): string {
  return `approve with: plumb sync ${application} --prune --approve-prune, or annotate the Application with argocd.argoproj.io/deletion-approved`;
}
