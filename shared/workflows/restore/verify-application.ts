import { type Attempt, attempt } from '../../apply/attempt.ts';
import { messageOf } from '../../errors.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, refOf } from '../../model/object-ref.ts';
import type { RestoreDifference } from '../../model/restore.ts';
import { difference } from '../../plan/diff/difference.ts';
import type { Target as WantedObject } from '../../plan/target.ts';
import type { Cluster, ObjectStore } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { desiredState } from '../desired-state.ts';
import type { Restoration } from './load-restoration.ts';
import { readFresh } from './read-fresh.ts';

export type Verified = { readonly differences: readonly RestoreDifference[]; readonly compared: number };

/** Compares every object of an application with its snapshot by the API server's own dry run; nothing is taken from what was seen before. */
export async function verifyApplication(
  { request, rendered, name }: Restoration,
  cluster: Cluster,
  store: ObjectStore,
): Promise<Verified> {
  const facts = await cluster.facts();
  const desired = await attempt(
    Promise.resolve().then(() => desiredState(request, rendered.render.manifests, { facts, inventory: [] })),
  );
  if (!desired.ok) {
    const message = `cannot be compared: ${messageOf(desired.error)}`;
    const differences = rendered.render.manifests.map((manifest) => ({ ref: refOf(manifest), fields: [], message }));
    return { differences, compared: 0 };
  }
  const { targets } = desired.value;
  const live = await readFresh(name, targets, cluster);
  const compared = await Promise.all(targets.map((target) => compareOne(target, live.get(keyOf(target.ref)), cluster)));
  const wanted = new Set(targets.map(({ ref }) => keyOf(ref)));
  const owned = (await loadHead(store, name))?.head.inventory ?? [];
  const leftOver = owned
    .filter(({ ref }) => !wanted.has(keyOf(ref)))
    .map(({ ref }) => ({ ref, fields: [], message: 'it is owned, and not in the snapshot' }));
  return { differences: [...compared.flatMap((each) => each ?? []), ...leftOver], compared: targets.length };
}

async function compareOne(
  { ref, manifest }: WantedObject,
  live: Attempt<LiveObject | undefined> | undefined,
  cluster: Cluster,
): Promise<RestoreDifference | undefined> {
  if (live?.ok === true && live.value === undefined) return { ref, fields: [], message: 'it is missing' };
  if (live?.ok !== true) return { ref, fields: [], message: `cannot be compared: ${messageOf(live?.error)}` };
  const predicted = await attempt(cluster.dryRunApply(manifest));
  if (!predicted.ok) return { ref, fields: [], message: `cannot be compared: ${messageOf(predicted.error)}` };
  const fields = difference(live.value, predicted.value).map(({ path }) => path);
  return fields.length === 0 ? undefined : { ref, fields };
}
