import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { messageOf } from '../../errors.ts';
import type { Inventory } from '../../model/inventory.ts';
import { isJsonObject, type Json, jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { groupOf, versionOf } from '../../model/object-ref.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { NotRestored, RestoreWarning } from '../../model/restore.ts';
import type { SnapshotCluster } from '../../model/snapshot.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import { type OrderedApplication, toOrdered } from '../../plan/restore-order.ts';
import { isSameCluster, restoreManifests } from '../../plan/restore-rules.ts';
import type { ObjectStore } from '../../ports.ts';
import { digestOf } from '../../render/canonical-render.ts';
import { listSnapshots } from '../../state/snapshots.ts';
import { renderOfSnapshot } from '../sync/snapshot-render.ts';
import type { Restorable, Unrestored } from './find-restorables.ts';

/** All that is known of an application before its target is looked at. */
export type Restoration = Restorable & {
  readonly request: SyncRequest;
  /** As it is restored: without what is not brought along. */
  readonly rendered: RenderedSources;
  readonly notRestored: readonly NotRestored[];
  readonly warnings: readonly RestoreWarning[];
  /** True: its state says that it is elsewhere, and is moved to the target. */
  readonly isMove: boolean;
  /** What it owns in the target, as far as is known. */
  readonly inventory: Inventory;
  readonly ordered: OrderedApplication;
};

/** Where applications are restored to. */
export type Target = { readonly cluster: Cluster; readonly is: SnapshotCluster };

/** An application's manifests as they are restored; or why they cannot be. */
export async function loadRestoration(
  restorable: Restorable,
  target: Target,
  store: ObjectStore,
): Promise<Restoration | Unrestored> {
  const { name, snapshot } = restorable;
  const read = await attempt(toRestoration(restorable, target, store));
  if (read.ok) return read.value;
  return { application: name, reason: `snapshot ${snapshot.name} cannot be used: ${messageOf(read.error)}` };
}

async function toRestoration(restorable: Restorable, target: Target, store: ObjectStore): Promise<Restoration> {
  const { snapshot } = restorable;
  const { application, project, parent } = snapshot;
  const kept = await renderOfSnapshot(snapshot, store);
  const isSame = isSameCluster(snapshot.cluster, target.is);
  const live = isSame ? await liveOwners(kept.render.manifests, target.cluster) : new Set<string>();
  const { namespace } = application.destination;
  const context = { target: isSame ? 'same' : 'other', namespace, isLive: (uid: string) => live.has(uid) } as const;
  const { manifests, notRestored, warnings } = restoreManifests(kept.render.manifests, context);
  const isWhole = manifests === kept.render.manifests;
  const digest = isWhole ? kept.render.digest : digestOf(manifests as unknown as Json);
  const declared = parent === undefined ? {} : { parent };
  const declaredServer = snapshot.declaredServer ?? snapshot.cluster.server;
  const elsewhere = declaredServer === target.is.server ? {} : { declaredServer };
  return {
    ...restorable,
    request: { application, project, reason: 'restore', ...declared, ...elsewhere },
    rendered: { ...kept, render: { digest, manifests } },
    notRestored,
    warnings,
    isMove: isElsewhere(restorable, target.is),
    inventory: await inventoryIn(target.is, restorable, store),
    ordered: toOrdered({ application, ...declared }, manifests),
  };
}

/** A restore that died had moved the state already, and left no snapshot there yet. */
function isElsewhere({ newest, head }: Restorable, target: SnapshotCluster): boolean {
  if (isSameCluster(newest.cluster, target)) return false;
  const hasMoved = head?.cluster === target.name && head.server === target.server;
  const looksAlike = newest.cluster.name === target.name && newest.cluster.server === target.server;
  return head !== undefined && !(hasMoved && !looksAlike);
}

/** Of an application that is elsewhere, or whose state is lost: what it owned when a snapshot was last taken on the target. */
async function inventoryIn(target: SnapshotCluster, restorable: Restorable, store: ObjectStore): Promise<Inventory> {
  const { name, head } = restorable;
  if (head !== undefined && !isElsewhere(restorable, target)) return head.inventory;
  const { snapshots } = await listSnapshots(store, name);
  return snapshots.findLast(({ cluster }) => isSameCluster(cluster, target))?.inventory ?? [];
}

/** The uids of owners that the manifests name and that are there: others would take the objects along. */
async function liveOwners(manifests: readonly Manifest[], cluster: Cluster): Promise<ReadonlySet<string>> {
  const owned = manifests.flatMap((manifest) => {
    const owners = manifest.metadata['ownerReferences'];
    return Array.isArray(owners) ? owners.map((owner: Json) => ({ owner, manifest })) : [];
  });
  const uids = await Promise.all(
    owned.map(async ({ owner, manifest }) => {
      const read = await attempt(cluster.readMetadata(addressOf(owner, manifest)));
      return read.ok ? read.value?.metadata.uid : undefined;
    }),
  );
  return new Set(uids.flatMap((uid) => uid ?? []));
}

function addressOf(owner: Json, { metadata }: Manifest): Parameters<Cluster['readMetadata']>[0] {
  const text = (key: string): string => String((isJsonObject(owner) && jsonAt(owner, key)) || '');
  const ref = { kind: text('kind'), name: text('name'), namespace: metadata.namespace ?? '' };
  return { ref: { ...ref, group: groupOf(text('apiVersion')) }, version: versionOf(text('apiVersion')) };
}
