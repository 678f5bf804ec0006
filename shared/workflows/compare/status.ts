import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { mergeInventory } from '../../model/inventory.ts';
import { formatRef, type ObjectRef } from '../../model/object-ref.ts';
import type { Project } from '../../model/project.ts';
import { endPin } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { leaseOfOther } from '../sync/head-session.ts';
import { type Known, prepareSync } from '../sync/prepare-sync.ts';
import { withSecrets } from '../sync/start-operation.ts';
import { healthOf, type SyncRun } from '../sync/sync-run.ts';
import { compare } from './compare.ts';
import type { Comparison } from './comparison.ts';

export type StatusRequest = { readonly application: Application; readonly project: Project };

/** What a look at the cluster found, and the head that was saved with it. */
export type Status = { readonly head: Head; readonly comparison: Comparison };

/** Compares with the cluster now and saves what it found, unless a sync is under way; never changes the cluster. `known`: see syncApplication. */
export async function assessStatus(request: StatusRequest, ports: Ports, known?: Known): Promise<Status> {
  const run = await prepareSync({ ...request, reason: 'manual' }, ports, known);
  const { session } = run;
  const comparison = await compare(run);
  const next = headAfter(run, comparison);
  // Whoever works on it would lose the head to a mere look.
  if (leaseOfOther(session.head, ports) !== undefined) return { head: next, comparison };
  if (!isSame(next, session.head)) await session.save({ ...next, checkedAt: ports.clock.now().toISOString() });
  return { head: session.head, comparison };
}

/** The same, for callers who want no more than the head. */
export async function refreshStatus(request: StatusRequest, ports: Ports): Promise<Head> {
  return (await assessStatus(request, ports)).head;
}

function headAfter({ session, rendered, endsPin, secrets }: SyncRun, comparison: Comparison): Head {
  const { head } = session;
  const { entries } = comparison;
  const inventory = entries.length === 0 ? head.inventory : mergeInventory(head.inventory, entries);
  // Another commit with the same manifests is deployed without a sync.
  const isDeployed = head.deployed?.renderDigest === rendered.render.digest;
  const deployed = isDeployed ? { deployed: { ...head.deployed, sources: rendered.sources } } : {};
  return {
    // Git may have come back to what is pinned: from then on it leads.
    ...withSecrets(isDeployed && endsPin ? endPin(head) : head, { secrets }),
    inventory,
    sync: statusOf(comparison),
    health: healthOf(inventory),
    ...deployed,
  };
}

function isSame(next: Head, head: Head): boolean {
  return JSON.stringify(next) === JSON.stringify(head);
}

function statusOf({ differing, extra, unknown }: Comparison): Head['sync'] {
  if (unknown.length > 0) return { code: 'Unknown', message: unknown[0]?.message ?? '' };
  const differences = [...differing.map(({ target }) => target.ref), ...extra.map(({ ref }) => ref)];
  if (differences.length === 0) return { code: 'Synced', message: '' };
  return { code: 'OutOfSync', message: `${differences.length} differ: ${named(differences)}` };
}

function named(refs: readonly ObjectRef[]): string {
  const more = refs.length > 3 ? ` and ${refs.length - 3} more` : '';
  return refs.slice(0, 3).map(formatRef).join(', ') + more;
}
