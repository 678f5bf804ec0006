import { type Attempt, attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { messageOf } from '../../errors.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, type ObjectRef, refOf } from '../../model/object-ref.ts';
import type { RestoreDifference } from '../../model/restore.ts';
import { difference } from '../../plan/diff/difference.ts';
import type { Target as WantedObject } from '../../plan/target.ts';
import type { ObjectStore, Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { resolvedState } from '../sync/resolved-state.ts';
import type { Restoration } from './load-restoration.ts';
import { readFresh } from './read-fresh.ts';

/** What of an application is compared; `unknown`: what cannot be, as its snapshot is nothing that the target could have. */
export type Comparable = {
  readonly name: string;
  readonly targets: readonly WantedObject[];
  readonly unknown: readonly RestoreDifference[];
};

/** `compared` and `unknown`: how many objects could be compared, and how many could not. */
export type Verified = {
  readonly differences: readonly RestoreDifference[];
  readonly compared: number;
  readonly unknown: number;
};

/** The objects of an application that are to be in the target; what it only declares is not among them. */
export async function comparableOf(
  { request, rendered, name }: Restoration,
  { cluster, ports }: { readonly cluster: Cluster; readonly ports: Ports },
): Promise<Comparable> {
  const facts = await cluster.facts();
  const resolved = await attempt(resolvedState(request, { rendered, cluster, inventory: [], facts }, ports));
  if (!resolved.ok) {
    const { manifests } = rendered.render;
    return { name, targets: [], unknown: manifests.map((manifest) => unknownOne(refOf(manifest), resolved.error)) };
  }
  return { name, targets: resolved.value.desired.targets, unknown: [] };
}

/** Compares every object of an application with its snapshot by the API server's own dry run; nothing is taken from what was seen before. */
export async function verifyApplication(
  { name, targets, unknown }: Comparable,
  cluster: Cluster,
  store: ObjectStore,
): Promise<Verified> {
  if (unknown.length > 0) return { differences: unknown, compared: 0, unknown: unknown.length };
  const live = await readFresh(name, targets, cluster);
  const compared = await Promise.all(targets.map((target) => compareOne(target, live.get(keyOf(target.ref)), cluster)));
  const found = compared.flatMap((each) => each ?? []);
  const missed = found.filter((each) => each.unknown === true).length;
  const wanted = new Set(targets.map(({ ref }) => keyOf(ref)));
  const owned = (await loadHead(store, name))?.head.inventory ?? [];
  const leftOver = owned
    .filter(({ ref }) => !wanted.has(keyOf(ref)))
    .map(({ ref }) => ({ ref, fields: [], message: 'it is owned, and not in the snapshot' }));
  return { differences: [...found, ...leftOver], compared: targets.length - missed, unknown: missed };
}

async function compareOne(
  { ref, manifest, unresolved }: WantedObject,
  live: Attempt<LiveObject | undefined> | undefined,
  cluster: Cluster,
): Promise<RestoreDifference | undefined> {
  if (unresolved !== undefined)
    return { ref, fields: [], message: `cannot be compared: ${unresolved.message}`, unknown: true };
  if (live?.ok === true && live.value === undefined) return { ref, fields: [], message: 'it is missing' };
  if (live?.ok !== true) return unknownOne(ref, live?.error);
  const predicted = await attempt(cluster.dryRunApply(manifest));
  if (!predicted.ok) return unknownOne(ref, predicted.error);
  const fields = difference(live.value, predicted.value).map(({ path }) => path);
  return fields.length === 0 ? undefined : { ref, fields };
}

function unknownOne(ref: ObjectRef, error: unknown): RestoreDifference {
  return { ref, fields: [], message: `cannot be compared: ${messageOf(error)}`, unknown: true };
}
