import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import type { ObjectResult } from '../../model/change.ts';
import { keyOf } from '../../model/object-ref.ts';
import type { Snapshot, SnapshotCluster, SnapshotNote } from '../../model/snapshot.ts';
import { noteOf } from '../../plan/good-snapshot.ts';
import { isSnapshotDue } from '../../plan/snapshot-due.ts';
import { snapshotName } from '../../plan/snapshot-name.ts';
import type { Ports } from '../../ports.ts';
import { loadRender, saveRender } from '../../state/renders.ts';
import { saveSnapshot } from '../../state/snapshots.ts';
import type { WavesProgress } from './run-waves.ts';
import { healthOf, type SyncRun } from './sync-run.ts';

/**
 * Records what an operation came to, if it changed what is deployed; gives the notes for the head. An operation that is done
 * again after a crash, and ends as before, finds its snapshot under the same name.
 */
export async function takeSnapshot(run: SyncRun, end: WavesProgress): Promise<readonly SnapshotNote[]> {
  const { session, rendered, request, ports } = run;
  const { snapshots } = session.head;
  if (!isSnapshotDue(end.operation, snapshots.at(-1))) return snapshots;
  // The head refers to it since the operation began; whoever collected it as unused before that gets it back here.
  const { render } = rendered;
  const kept = await loadRender(ports.store, request.project.name, render.digest);
  if (kept === undefined) await saveRender(ports.store, request.project.name, render);
  return [...snapshots, noteOf(await record(await snapshotOf(run, end), ports))];
}

/** A run that died may have recorded that the same operation ended otherwise: that stays, and this is recorded behind it. */
async function record(snapshot: Snapshot, { store }: Ports): Promise<Snapshot> {
  const kept = await saveSnapshot(store, snapshot);
  if (kept.outcome === snapshot.outcome) return snapshot;
  const { sources, operation } = snapshot;
  const behind = { ...snapshot, name: snapshotName({ startedAt: operation.startedAt, sources, newest: kept.name }) };
  await saveSnapshot(store, behind);
  return behind;
}

async function snapshotOf(run: SyncRun, { operation, inventory, results }: WavesProgress): Promise<Snapshot> {
  const { request, rendered, ports } = run;
  const { application, project, parent, leaving, declaredServer } = request;
  const { id, reason, startedAt, origin, changes } = operation;
  return {
    name: operation.snapshot,
    application,
    project,
    ...(parent === undefined ? {} : { parent }),
    cluster: await snapshotCluster(run.cluster),
    ...(declaredServer === undefined ? {} : { declaredServer }),
    takenAt: ports.clock.now().toISOString(),
    operation: { id, reason, startedAt, ...(origin === undefined ? {} : { origin }) },
    outcome: operation.phase === 'Succeeded' ? 'Succeeded' : 'Failed',
    message: operation.message,
    health: healthOf(inventory),
    sources: rendered.sources,
    ...(rendered.tools === undefined ? {} : { tools: rendered.tools }),
    renderDigest: rendered.render.digest,
    inventory,
    ...(run.secrets.records.length === 0 ? {} : { secrets: run.secrets.records }),
    results: withEarlier(results, operation.results),
    changes,
    ...(leaving === true ? { left: true } : {}),
  };
}

/** Rights may not cover kube-system; a snapshot without its uid is one all the same. */
export async function snapshotCluster(cluster: Cluster): Promise<SnapshotCluster> {
  const { name, server, version } = await cluster.facts();
  const ref = { group: '', kind: 'Namespace', namespace: '', name: 'kube-system' };
  const read = await attempt(cluster.readMetadata({ ref, version: 'v1' }));
  const uid = read.ok ? read.value?.metadata.uid : undefined;
  return { name, server, version, ...(uid === undefined ? {} : { uid }) };
}

/** What an interrupted run did is not undone by the one that took it up: that one found it unchanged, or gone. */
function withEarlier(results: readonly ObjectResult[], earlier: readonly ObjectResult[]): readonly ObjectResult[] {
  const byKey = new Map(earlier.map((result) => [keyOf(result.ref), result]));
  const present = new Set(results.map(({ ref }) => keyOf(ref)));
  return [
    ...results.map((result) => (result.action === 'unchanged' ? (byKey.get(keyOf(result.ref)) ?? result) : result)),
    ...earlier.filter(({ ref }) => !present.has(keyOf(ref))),
  ];
}
