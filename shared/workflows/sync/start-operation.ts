import { randomUUID } from 'node:crypto';
import type { Head } from '../../model/head.ts';
import { mergeInventory } from '../../model/inventory.ts';
import { keyOf } from '../../model/object-ref.ts';
import type { Operation } from '../../model/operation.ts';
import { countChanges } from '../../plan/change-counts.ts';
import { plannedEntry } from '../../plan/inventory-entry.ts';
import { endPin } from '../../plan/pin.ts';
import { snapshotName } from '../../plan/snapshot-name.ts';
import { leaseFor } from './head-session.ts';
import type { SyncRun } from './sync-run.ts';
import { tell } from './tell.ts';

/** Saves who works on what, and all objects that may come to exist, before the first of them does. */
export async function startOperation(run: SyncRun): Promise<Operation> {
  const { session, desired, ports } = run;
  const { head } = session;
  const ahead = desired.targets.filter(({ ref }) => !run.context.inventory.has(keyOf(ref))).map(plannedEntry);
  const operation = { ...(interruptedOperation(run) ?? newOperation(run)), lease: leaseFor(ports) };
  await session.save({ ...headOf(run), operation, inventory: mergeInventory(head.inventory, ahead) });
  tellPinEnd(run, head);
  return operation;
}

/** Says that a pin is over, once the head is saved without it. */
export function tellPinEnd({ endsPin, ports }: Pick<SyncRun, 'endsPin' | 'ports'>, before: Head): void {
  const { application, pin } = before;
  if (!endsPin || pin === undefined) return;
  tell(ports, application, `no longer kept at snapshot ${pin.snapshot}: Git has moved on`);
}

/** The head as it is from now on: with who declares the application, and without a pin that ends. */
export function headOf(run: SyncRun): Head {
  const { session, request, endsPin } = run;
  const { parent: _before, ...head } = withSecrets(endsPin ? endPin(session.head) : session.head, run);
  const { parent } = request;
  return parent === undefined ? head : { ...head, parent };
}

/** The head with how the secrets were resolved now. */
export function withSecrets({ secrets: _before, ...head }: Head, { secrets }: Pick<SyncRun, 'secrets'>): Head {
  return secrets.records.length === 0 ? head : { ...head, secrets: secrets.records };
}

function newOperation({ request, rendered, desired, context, session, ports }: SyncRun): Operation {
  const previous = session.head.operation;
  const isSame = previous?.renderDigest === rendered.render.digest;
  // Repairs of one revision are counted like retries: somebody fights over the objects.
  const isAgain =
    isSame && (previous.phase === 'Failed' || (previous.reason === 'drift' && request.reason === 'drift'));
  const startedAt = ports.clock.now().toISOString();
  const { sources } = rendered;
  return {
    id: randomUUID(),
    reason: request.reason,
    phase: 'Running',
    sources,
    renderDigest: rendered.render.digest,
    snapshot: snapshotName({ startedAt, sources, newest: session.head.snapshots.at(-1)?.name }),
    changes: countChanges({
      targets: desired.targets,
      inventory: context.inventory,
      removed: context.prune ? desired.prunable : [],
    }),
    prune: context.prune,
    selected: request.resources ?? [],
    cursor: 0,
    attempt: isAgain ? previous.attempt + 1 : 1,
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    startedAt,
    message: 'started',
    results: [],
  };
}

/** The operation that a run left behind, when it was about the same manifests and the same objects. */
function interruptedOperation({ request, rendered, session }: SyncRun): Operation | undefined {
  const { operation } = session.head;
  if (operation?.phase !== 'Running' || operation.renderDigest !== rendered.render.digest) return undefined;
  // One that an earlier version began has no name for its snapshot.
  if (!operation.snapshot) return undefined;
  const sameObjects = JSON.stringify(operation.selected) === JSON.stringify(request.resources ?? []);
  // Waves are numbered anew as inventory shrinks, and what was done may have been undone since: each is looked at again.
  return sameObjects ? { ...operation, cursor: 0 } : undefined;
}
