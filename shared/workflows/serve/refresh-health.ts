import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { type InventoryEntry, mergeInventory } from '../../model/inventory.ts';
import type { Ports } from '../../ports.ts';
import { type Assess, assessorFor } from '../sync/assessor.ts';
import { HeadSession } from '../sync/head-session.ts';
import { withHealth } from '../sync/settle-wave.ts';
import { healthOf } from '../sync/sync-run.ts';

/** Looks again at the objects that were not healthy, and at nothing else; saves what is news. Undefined: never synced. */
export async function refreshHealth(application: Application, ports: Ports): Promise<Head | undefined> {
  const cluster = await ports.clusters.open(application.destination);
  const fresh = { application: application.name, project: application.project, cluster: cluster.name };
  const session = await HeadSession.open(ports.store, fresh);
  const { head } = session;
  if (head.deployed === undefined || head.operation?.phase === 'Running') return undefined;
  const waiting = head.inventory.filter(({ seen }) => seen?.health !== undefined && seen.health.code !== 'Healthy');
  const assess = assessorFor(application);
  const looked = await Promise.all(waiting.map((entry) => look(entry, cluster, assess)));
  const inventory = mergeInventory(
    head.inventory,
    looked.flatMap((entry) => entry ?? []),
  );
  const next: Head = { ...head, inventory, health: healthOf(inventory) };
  if (JSON.stringify(next) !== JSON.stringify(head))
    await session.save({ ...next, checkedAt: ports.clock.now().toISOString() });
  return session.head;
}

async function look(entry: InventoryEntry, cluster: Cluster, assess: Assess): Promise<InventoryEntry | undefined> {
  const read = await attempt(cluster.read({ ref: entry.ref, version: entry.version }));
  return read.ok ? withHealth(entry, read.value, assess) : undefined;
}
