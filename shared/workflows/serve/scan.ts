import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import { type ClusterFacts, type ServedKind, servedKind } from '../../model/cluster.ts';
import type { Head } from '../../model/head.ts';
import type { InventoryEntry } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, refOf } from '../../model/object-ref.ts';
import { applicationLabel } from '../../plan/tracking.ts';

/** What moved under one application since it was last in sync; `unknown`: a kind could not be listed. */
export type Movement = { readonly application: string; readonly moved: number; readonly unknown: number };

/**
 * Finds the applications of a cluster whose objects are not exactly as last seen, with one metadata LIST a kind,
 * however many applications there are. Applications that have not moved are left out.
 */
export async function scanCluster(heads: readonly Head[], cluster: Cluster): Promise<readonly Movement[]> {
  const facts = await cluster.facts();
  const kinds = kindsOf(heads, facts);
  const lists = await Promise.all(kinds.map((kind) => listOwned(kind, cluster)));
  refuseWithoutCluster(lists);
  const live = new Map(
    lists.flatMap(({ objects }) => objects.map((object) => [keyOf(refOf(object)), object] as const)),
  );
  const unlisted = new Set(lists.filter(({ readable }) => !readable).map(({ kind }) => `${kind.group}/${kind.kind}`));
  return heads.map((head) => movementOf(head, live, unlisted)).filter(({ moved, unknown }) => moved + unknown > 0);
}

function kindsOf(heads: readonly Head[], facts: ClusterFacts): readonly ServedKind[] {
  const kinds = new Map<string, ServedKind>();
  for (const { ref, version } of heads.flatMap(({ inventory }) => inventory)) {
    const name = `${ref.group}/${ref.kind}`;
    if (kinds.has(name)) continue;
    const served =
      servedKind(facts, { group: ref.group, kind: ref.kind, version }) ??
      servedKind(facts, { group: ref.group, kind: ref.kind });
    if (served !== undefined) kinds.set(name, served);
  }
  return [...kinds.values()];
}

type Listed = {
  readonly kind: ServedKind;
  readonly objects: readonly LiveObject[];
  readonly readable: boolean;
  readonly error?: unknown;
};

async function listOwned(kind: ServedKind, cluster: Cluster): Promise<Listed> {
  const listed = await attempt(cluster.listMetadata({ kind, labelSelector: applicationLabel }));
  if (!listed.ok) return { kind, objects: [], readable: false, error: listed.error };
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { kind, objects: listed.value.map((object) => ({ ...object, apiVersion, kind: kind.kind })), readable: true };
}

/** A cluster that does not answer at all is one error, not as many unknown objects. */
function refuseWithoutCluster(lists: readonly Listed[]): void {
  const away = lists.filter(({ error }) => error instanceof PlumbError && error.code === 'cluster-unreachable');
  if (away.length > 0 && away.length === lists.length) throw away[0]?.error;
}

function movementOf(head: Head, live: ReadonlyMap<string, LiveObject>, unlisted: ReadonlySet<string>): Movement {
  const unknown = head.inventory.filter(({ ref }) => unlisted.has(`${ref.group}/${ref.kind}`));
  const readable = head.inventory.filter(({ ref }) => !unlisted.has(`${ref.group}/${ref.kind}`));
  const moved = readable.filter((entry) => hasMoved(entry, live.get(keyOf(entry.ref))));
  return { application: head.application, moved: moved.length, unknown: unknown.length };
}

/** An object that only moved its status counts as moved here; the comparison that follows tells. */
function hasMoved({ seen }: InventoryEntry, live: LiveObject | undefined): boolean {
  if (seen === undefined || live === undefined) return true;
  return live.metadata.uid !== seen.uid || live.metadata.resourceVersion !== seen.resourceVersion;
}
