import { type Head, newHead } from '../../model/head.ts';
import type { Pin } from '../../model/pin.ts';
import type { SnapshotCluster } from '../../model/snapshot.ts';
import { notesOf } from '../../plan/good-snapshot.ts';
import { pinHead } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { loadHead, saveHead } from '../../state/heads.ts';
import { listSnapshots } from '../../state/snapshots.ts';
import { refuseWhileHeld } from '../sync/head-session.ts';
import { moveHead } from '../sync/move-head.ts';
import type { Restoration } from './load-restoration.ts';

/**
 * Makes an application's state ready to be synced to the target: made anew where it is lost, in the target and no longer elsewhere,
 * and pinned where the snapshot is older than what was deployed, as a rollback does. Written only when that is news.
 */
export async function prepareHead(restoration: Restoration, target: SnapshotCluster, ports: Ports): Promise<void> {
  const { name, isMove } = restoration;
  const loaded = await loadHead(ports.store, name);
  if (loaded !== undefined) refuseWhileHeld(loaded.head, ports);
  const before = loaded?.head ?? (await rebuiltHead(restoration, target, ports));
  const change = (head: Head): Head => moved(pinned(head, restoration, ports), restoration, target);
  const isPinned = before.pin?.renderDigest === restoration.rendered.render.digest;
  if (loaded !== undefined && !isMove && (!restoration.isOlder || isPinned)) return;
  if (loaded !== undefined) await moveHead(name, ports, change);
  else if (!(await saveHead(ports.store, change(before), 'absent')).won) await prepareHead(restoration, target, ports);
}

/** What the snapshots say of an application whose state is lost. */
async function rebuiltHead(
  { name, newest, inventory }: Restoration,
  target: SnapshotCluster,
  ports: Ports,
): Promise<Head> {
  const { snapshots } = await listSnapshots(ports.store, name);
  const { project, renderDigest, sources, takenAt, parent } = newest;
  return {
    ...newHead(name, project.name, target.name),
    server: target.server,
    ...(parent === undefined ? {} : { parent }),
    deployed: { renderDigest, sources, at: takenAt },
    snapshots: notesOf(snapshots, []),
    inventory,
  };
}

function pinned(head: Head, { isOlder, snapshot, rendered, newest }: Restoration, { clock }: Ports): Head {
  if (!isOlder) return head;
  const pin: Pin = {
    snapshot: snapshot.name,
    renderDigest: rendered.render.digest,
    until: 'git-moves',
    at: clock.now().toISOString(),
    why: `restored as of snapshot ${snapshot.name}`,
  };
  return pinHead(head, { pin, declared: newest.application.sources });
}

/** What it owns elsewhere stays there, and is in its snapshots; nothing of it is looked for, or pruned, in the target. */
function moved(head: Head, { isMove, inventory }: Restoration, { name, server }: SnapshotCluster): Head {
  if (!isMove) return head;
  const { operation: _elsewhere, deployed: _gone, checkedAt: _then, ...kept } = head;
  return {
    ...kept,
    cluster: name,
    server,
    inventory,
    sync: { code: 'Unknown', message: `moved from cluster ${head.cluster}; not restored yet` },
    health: { code: 'Missing', message: 'not restored yet' },
  };
}
