import { mergeInventory } from '../../model/inventory.ts';
import { keyOf } from '../../model/object-ref.ts';
import { awaitHealthy, entriesAfter, settleAll } from './settle-wave.ts';
import { healthOf, type SyncRun } from './sync-run.ts';

/** Waits until all that was synced is healthy, one object is Degraded or the time is over; saves the health then seen. */
export async function awaitHealth(run: SyncRun, waitMs: number): Promise<void> {
  const { session, desired, ports } = run;
  if (session.head.operation?.phase === 'Failed') return;
  const waiting = new Set(
    session.head.inventory
      .filter(({ seen }) => seen?.health !== undefined && seen.health.code !== 'Healthy')
      .map(({ ref }) => keyOf(ref)),
  );
  const targets = desired.targets.filter(({ ref }) => waiting.has(keyOf(ref)));
  if (targets.length === 0) return;
  const standings = await settleAll(run, targets.map(awaitHealthy), waitMs);
  const inventory = mergeInventory(session.head.inventory, entriesAfter(session.head.inventory, standings, run.assess));
  await session.save({
    ...session.head,
    inventory,
    health: healthOf(inventory),
    checkedAt: ports.clock.now().toISOString(),
  });
}
