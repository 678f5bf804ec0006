import { type Attempt, attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { type ClusterFacts, servedKind } from '../../model/cluster.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, versionOf } from '../../model/object-ref.ts';
import type { Target } from '../../plan/target.ts';
import { appLabel, applicationLabel } from '../../plan/tracking.ts';

/** From so many objects of one kind in one namespace, one LIST costs the API server less than single reads. */
const listFrom = 4;

/** An application's objects as a cluster has them now, whole, by identity; undefined where there is none. */
export async function readFresh(
  application: string,
  targets: readonly Target[],
  cluster: Cluster,
): Promise<ReadonlyMap<string, Attempt<LiveObject | undefined>>> {
  const facts = await cluster.facts();
  const places = Map.groupBy(targets, ({ ref, manifest }) => `${manifest.apiVersion} ${ref.kind} ${ref.namespace}`);
  const read = [...places.values()].map(async (place) => {
    const listed = await listPlace(application, place, { cluster, facts });
    return Promise.all(
      place.map(async ({ ref, manifest }) => {
        const known = listed.get(ref.name);
        // Without our label it is in no list.
        const address = { ref, version: versionOf(manifest.apiVersion) };
        return [
          keyOf(ref),
          await attempt(known === undefined ? cluster.read(address) : Promise.resolve(known)),
        ] as const;
      }),
    );
  });
  return new Map((await Promise.all(read)).flat());
}

type Looking = { readonly cluster: Cluster; readonly facts: ClusterFacts };

async function listPlace(
  application: string,
  place: readonly Target[],
  { cluster, facts }: Looking,
): Promise<ReadonlyMap<string, LiveObject>> {
  const first = place[0];
  if (first === undefined || place.length < listFrom) return new Map();
  const { group, kind: name, namespace } = first.ref;
  const kind = servedKind(facts, { group, kind: name, version: versionOf(first.manifest.apiVersion) });
  if (kind?.verbs.includes('list') !== true) return new Map();
  const labelSelector = `${applicationLabel}=${appLabel(application)}`;
  const listed = await attempt(cluster.list({ kind, labelSelector, ...(namespace === '' ? {} : { namespace }) }));
  // Rights may cover the single objects and not the list.
  return new Map(listed.ok ? listed.value.map((live) => [live.metadata.name, live]) : []);
}
