import { attempt } from '../../apply/attempt.ts';
import { messageOf } from '../../errors.ts';
import { keyOf, refOf, versionOf } from '../../model/object-ref.ts';
import type { RestoreDifference } from '../../model/restore.ts';
import { difference } from '../../plan/diff/difference.ts';
import type { Target as WantedObject } from '../../plan/target.ts';
import type { Cluster, ObjectStore } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { desiredState } from '../desired-state.ts';
import type { Restoration } from './load-restoration.ts';

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
  const compared = await Promise.all(targets.map((target) => compareOne(target, cluster)));
  const wanted = new Set(targets.map(({ ref }) => keyOf(ref)));
  const owned = (await loadHead(store, name))?.head.inventory ?? [];
  const leftOver = owned
    .filter(({ ref }) => !wanted.has(keyOf(ref)))
    .map(({ ref }) => ({ ref, fields: [], message: 'it is owned, and not in the snapshot' }));
  return { differences: [...compared.flatMap((each) => each ?? []), ...leftOver], compared: targets.length };
}

async function compareOne({ ref, manifest }: WantedObject, cluster: Cluster): Promise<RestoreDifference | undefined> {
  const [live, predicted] = await Promise.all([
    attempt(cluster.read({ ref, version: versionOf(manifest.apiVersion) })),
    attempt(cluster.dryRunApply(manifest)),
  ]);
  if (live.ok && live.value === undefined) return { ref, fields: [], message: 'it is missing' };
  if (!live.ok) return { ref, fields: [], message: `cannot be compared: ${messageOf(live.error)}` };
  if (!predicted.ok) return { ref, fields: [], message: `cannot be compared: ${messageOf(predicted.error)}` };
  const fields = difference(live.value, predicted.value).map(({ path }) => path);
  return fields.length === 0 ? undefined : { ref, fields };
}
