import { randomUUID } from 'node:crypto';
import type { ObjectResult } from '../../model/change.ts';
import type { Head } from '../../model/head.ts';
import type { Snapshot, SnapshotCluster } from '../../model/snapshot.ts';
import { noteOf } from '../../plan/good-snapshot.ts';
import { isSameCluster } from '../../plan/restore-rules.ts';
import { snapshotName } from '../../plan/snapshot-name.ts';
import type { Ports } from '../../ports.ts';
import { saveSnapshot } from '../../state/snapshots.ts';
import { moveHead } from '../sync/move-head.ts';
import type { Restoration } from './load-restoration.ts';

type Arrived = { readonly head: Head; readonly results: readonly ObjectResult[]; readonly target: SnapshotCluster };

/**
 * Leaves a snapshot of the target where the sync left none, because its manifests are those of the newest one: by it the next
 * restore knows where the application is. A pin to manifests that were changed on their way goes over to it.
 */
export async function recordMove(restoration: Restoration, arrived: Arrived, ports: Ports): Promise<Head> {
  const { name, newest, snapshot, rendered } = restoration;
  const { head, target } = arrived;
  const isTaken = head.snapshots.at(-1)?.name !== newest.name;
  if (!isTaken && isSameCluster(newest.cluster, target)) return head;
  const note = isTaken ? undefined : noteOf(await takeOne(restoration, arrived, ports));
  const isPinned = head.pin?.snapshot === snapshot.name && rendered.render.digest !== snapshot.renderDigest;
  if (note === undefined && !isPinned) return head;
  return moveHead(name, ports, (current) => {
    const known = current.snapshots.some((each) => each.name === note?.name);
    const snapshots = note === undefined || known ? current.snapshots : [...current.snapshots, note];
    const at = snapshots.at(-1)?.name;
    const { digest } = rendered.render;
    if (!isPinned || at === undefined || current.pin?.snapshot !== snapshot.name) return { ...current, snapshots };
    return { ...current, snapshots, pin: { ...current.pin, snapshot: at, renderDigest: digest } };
  });
}

async function takeOne(restoration: Restoration, { head, results, target }: Arrived, ports: Ports): Promise<Snapshot> {
  const { snapshot, rendered, request } = restoration;
  const { left: _never, declaredServer: _before, ...kept } = snapshot;
  const takenAt = ports.clock.now().toISOString();
  const startedAt = head.operation?.startedAt ?? takenAt;
  const { declaredServer } = request;
  const taken: Snapshot = {
    ...kept,
    name: snapshotName({ startedAt, sources: rendered.sources, newest: head.snapshots.at(-1)?.name }),
    cluster: target,
    ...(declaredServer === undefined ? {} : { declaredServer }),
    takenAt,
    operation: { id: head.operation?.id ?? randomUUID(), reason: 'restore', startedAt },
    outcome: 'Succeeded',
    message: `restored from snapshot ${snapshot.name} of cluster ${snapshot.cluster.name}`,
    health: head.health,
    renderDigest: rendered.render.digest,
    inventory: head.inventory,
    results,
    changes: { added: 0, changed: 0, removed: 0 },
  };
  await saveSnapshot(ports.store, taken);
  return taken;
}
