import type { ObjectResult } from '../../model/change.ts';
import type { Head } from '../../model/head.ts';
import { type Inventory, indexInventory, mergeInventory, withoutSeen } from '../../model/inventory.ts';
import { formatRef, keyOf } from '../../model/object-ref.ts';
import { isPartial } from '../../model/sync-request.ts';
import type { WavesProgress } from './run-waves.ts';
import { headOf, tellPinEnd } from './start-operation.ts';
import { healthOf, type SyncRun } from './sync-run.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Saves that everything is as wanted; writes nothing at all when the head says so already. */
export async function recordQuiet(
  run: SyncRun,
  found: {
    readonly entries: Inventory;
    readonly kept: readonly ObjectResult[];
    readonly unknown: readonly ObjectResult[];
  },
): Promise<void> {
  const { head } = run.session;
  const seen = found.entries.length === 0 ? head.inventory : mergeInventory(head.inventory, found.entries);
  const inventory = withoutSeen(
    seen,
    found.unknown.map(({ ref }) => ref),
  );
  const next: Head = {
    ...headOf(run),
    inventory,
    sync: quietStatus(run, found),
    health: healthOf(inventory),
    ...deployedBy(run),
  };
  if (isSameState(head, next)) return;
  await run.session.save({ ...next, checkedAt: run.ports.clock.now().toISOString() });
  tellPinEnd(run, head);
}

/** Saves how an operation ended, its snapshot first: a head never speaks of one that is not there. */
export async function recordEnd(run: SyncRun, end: WavesProgress): Promise<void> {
  const { operation, inventory, unknown } = end;
  const succeeded = operation.phase === 'Succeeded';
  const snapshots = await takeSnapshot(run, end);
  await run.session.save({
    ...run.session.head,
    operation,
    inventory: withoutSeen(
      onRecord(run, inventory),
      unknown.map(({ ref }) => ref),
    ),
    snapshots,
    sync: statusOfEnd(run, end),
    health: healthOf(inventory),
    checkedAt: run.ports.clock.now().toISOString(),
    ...(succeeded ? deployedBy(run) : {}),
  });
}

/**
 * Objects that were synced apart to another render than the deployed one, those that it took away among them, are not as wanted:
 * they stay on record with nothing claimed of them, so that the next scan looks at them.
 */
function onRecord({ request, rendered, session, desired }: SyncRun, inventory: Inventory): Inventory {
  const { deployed } = session.head;
  if (!isPartial(request) || deployed === undefined || deployed.renderDigest === rendered.render.digest)
    return inventory;
  const apart = [...desired.targets, ...desired.prunable].map(({ ref }) => ref);
  return withoutSeen(mergeInventory(desired.prunable, inventory), apart);
}

/** A refresh of secrets says nothing of what Git wants: how that stands, stands as before. */
function statusOfEnd({ request, session }: SyncRun, end: WavesProgress): Head['sync'] {
  if (isPartial(request) && request.reason === 'secret') return session.head.sync;
  return end.operation.phase === 'Succeeded' && isPartial(request) ? partly : statusAfter(end);
}

/** A sync of selected objects deploys no revision. */
function deployedBy({ request, rendered, session, ports }: SyncRun): Pick<Head, 'deployed'> {
  const before = session.head.deployed;
  if (isPartial(request)) return before === undefined ? {} : { deployed: before };
  const { render, sources } = rendered;
  if (before?.renderDigest === render.digest && JSON.stringify(before.sources) === JSON.stringify(sources))
    return { deployed: before };
  return { deployed: { renderDigest: render.digest, sources, at: ports.clock.now().toISOString() } };
}

function quietStatus(
  run: SyncRun,
  found: { readonly kept: readonly ObjectResult[]; readonly unknown: readonly ObjectResult[] },
): Head['sync'] {
  if (isPartial(run.request)) return run.session.head.sync;
  return found.unknown.length > 0 ? unknownStatus(found.unknown) : syncStatus(found.kept);
}

const partly: Head['sync'] = {
  code: 'Unknown',
  message: 'only selected objects were synced; the others were not compared',
};

function statusAfter({ operation, inventory, results, unknown }: WavesProgress): Head['sync'] {
  const { phase, message } = operation;
  if (phase !== 'Succeeded') return { code: unknown.length > 0 ? 'Unknown' : 'OutOfSync', message };
  if (unknown.length > 0) return unknownStatus(unknown);
  const owned = indexInventory(inventory);
  const leaving = results
    .filter(({ action, ref }) => action === 'pruned' && owned.has(keyOf(ref)))
    .map((result) => ({ ...result, message: 'is still being deleted' }));
  return syncStatus([...results.filter(({ action }) => action === 'skipped'), ...leaving]);
}

function unknownStatus([first]: readonly ObjectResult[]): Head['sync'] {
  return { code: 'Unknown', message: first === undefined ? '' : `${formatRef(first.ref)}: ${first.message}` };
}

function syncStatus(kept: readonly ObjectResult[]): Head['sync'] {
  if (kept.length === 0) return { code: 'Synced', message: '' };
  const named = kept.slice(0, 3).map(({ ref, message }) => `${formatRef(ref)} (${message})`);
  return { code: 'OutOfSync', message: `${kept.length} not wanted any more: ${named.join(', ')}` };
}

function isSameState(before: Head, after: Head): boolean {
  return (
    before.inventory === after.inventory &&
    before.deployed === after.deployed &&
    before.pin === after.pin &&
    JSON.stringify([before.sync, before.health, before.parent, before.secrets]) ===
      JSON.stringify([after.sync, after.health, after.parent, after.secrets])
  );
}
