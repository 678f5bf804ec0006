import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { Application } from '../../../shared/model/application.ts';
import { servedKind } from '../../../shared/model/cluster.ts';
import type { Head } from '../../../shared/model/head.ts';
import type { InventoryEntry } from '../../../shared/model/inventory.ts';
import type { LiveObject } from '../../../shared/model/manifest.ts';
import { formatRef, groupOf, keyOf, refOf } from '../../../shared/model/object-ref.ts';
import type { Render } from '../../../shared/model/render.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Health } from '../../../shared/model/status.ts';
import { appLabel, applicationLabel } from '../../../shared/plan/tracking.ts';
import type { Ports } from '../../../shared/ports.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { listSnapshots } from '../../../shared/state/snapshots.ts';

/** One application as cluster and store have it. */
export type ApplicationState = {
  readonly live: readonly LiveObject[];
  readonly snapshots: readonly Snapshot[];
  /** How it is now, and nothing of how it came to be so. */
  readonly present: object;
  readonly history: object;
  /** What none may have: objects that nobody owns, a sync that is not over, something that cannot be read. */
  readonly faults: readonly string[];
};

/** Reads all that there is of an application. `renders` are all that were ever made and are still kept. */
export async function readApplicationState(
  { name, destination }: Application,
  renders: readonly Render[],
  { store, clusters }: Ports,
): Promise<ApplicationState> {
  const live = await ownedObjects(await clusters.open(destination), renders, name);
  const head = (await loadHead(store, name))?.head;
  const { snapshots, unreadable } = await listSnapshots(store, name);
  const inventory = (head?.inventory ?? []).map((entry) => tellEntry(entry, live));
  const { sync, health, pin, refused, operation, deployed } = head ?? {};
  return {
    live,
    snapshots,
    present: {
      name,
      live: live.map((object) => ({ is: formatRef(refOf(object)), ...object })),
      inventory,
      sync,
      health,
      pin,
      refused,
      phase: operation?.phase,
      deployed: renders.find(({ digest }) => digest === deployed?.renderDigest)?.manifests,
    },
    history: {
      head: { ...head, inventory },
      snapshots: snapshots.map((snapshot) => ({ ...snapshot, inventory: snapshot.inventory.map(tellOwned) })),
    },
    faults: [
      ...orphansAmong(live, head).map((orphan) => `${orphan} is there and nobody owns it`),
      ...inventory.filter(({ isLive }) => !isLive).map(({ ref }) => `${formatRef(ref)} is owned and not there`),
      ...missingOf(snapshots, head).map((missing) => `${missing} is known to the head and cannot be read`),
      ...unreadable.map(({ key, error }) => `${key}: ${error.message}`),
      ...(operation?.phase === 'Succeeded' && sync?.code === 'Synced' ? [] : [`${name} is not synced`]),
    ],
  };
}

/** All objects of an application, of every kind that was ever rendered, in all namespaces. */
async function ownedObjects(
  cluster: Cluster,
  renders: readonly Render[],
  application: string,
): Promise<readonly LiveObject[]> {
  const facts = await cluster.facts();
  const rendered = renders.flatMap(({ manifests }) => manifests);
  const wanted = new Map(rendered.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]));
  const served = [...wanted.values()].flatMap(
    ({ apiVersion, kind }) => servedKind(facts, { group: groupOf(apiVersion), kind }) ?? [],
  );
  const labelSelector = `${applicationLabel}=${appLabel(application)}`;
  const found = await Promise.all(served.map((kind) => cluster.list({ kind, labelSelector })));
  return found.flat().sort((a, b) => keyOf(refOf(a)).localeCompare(keyOf(refOf(b))));
}

function orphansAmong(live: readonly LiveObject[], head: Head | undefined): readonly string[] {
  const owned = new Set(head?.inventory.map(({ ref }) => keyOf(ref)));
  return live.map(refOf).flatMap((ref) => (owned.has(keyOf(ref)) ? [] : [formatRef(ref)]));
}

function missingOf(snapshots: readonly Snapshot[], head: Head | undefined): readonly string[] {
  const names = new Set(snapshots.map(({ name }) => name));
  return (head?.snapshots ?? []).flatMap(({ name }) => (names.has(name) ? [] : [name]));
}

type ToldEntry = Omit<InventoryEntry, 'seen'> & { readonly health: Health | undefined; readonly isLive: boolean };

/** `isLive`: the cluster has the very object that was seen. */
function tellEntry({ seen, ...entry }: InventoryEntry, live: readonly LiveObject[]): ToldEntry {
  const object = live.find((each) => keyOf(refOf(each)) === keyOf(entry.ref));
  return { ...entry, health: seen?.health, isLive: seen !== undefined && seen.uid === object?.metadata.uid };
}

function tellOwned({ ref, seen }: InventoryEntry): object {
  return { ref, health: seen?.health };
}
