import type { Cluster, ObjectAddress } from '../cluster-ports.ts';
import { messageOf, PlumbError } from '../errors.ts';
import { type ServedKind, servedKind } from '../model/cluster.ts';
import type { LiveObject } from '../model/manifest.ts';
import { keyOf } from '../model/object-ref.ts';
import type { Observation, Observed } from '../model/observation.ts';

/** From so many objects of one kind in one namespace, one LIST costs the API server less than single reads. */
const listFrom = 4;

/** What a cluster has at each address: metadata only, one LIST for each kind and namespace where that is cheaper. */
export async function observe(addresses: readonly ObjectAddress[], cluster: Cluster): Promise<Observation> {
  const facts = await cluster.facts();
  const places = [...groupByPlace(addresses).values()];
  const observed = await Promise.all(
    places.map((place) => {
      const { ref, version } = place[0] as ObjectAddress;
      const kind = servedKind(facts, { group: ref.group, kind: ref.kind, version });
      const apiVersion = ref.group === '' ? version : `${ref.group}/${version}`;
      if (kind === undefined && facts.failing?.includes(apiVersion)) return unreadablePlace(place, apiVersion);
      return observePlace(place, kind, cluster);
    }),
  );
  return new Map(observed.flat());
}

type Sighting = readonly [key: string, observed: Observed];

function groupByPlace(addresses: readonly ObjectAddress[]): Map<string, ObjectAddress[]> {
  const places = new Map<string, ObjectAddress[]>();
  for (const address of addresses) {
    const { group, kind, namespace } = address.ref;
    const place = `${group}/${address.version}/${kind}/${namespace}`;
    const members = places.get(place);
    if (members === undefined) places.set(place, [address]);
    else members.push(address);
  }
  return places;
}

/** An API service that is down hides its objects; it does not delete them. */
function unreadablePlace(place: readonly ObjectAddress[], apiVersion: string): readonly Sighting[] {
  const message = `the API service of ${apiVersion} does not answer`;
  return place.map(({ ref }) => [keyOf(ref), { state: 'unreadable', message }]);
}

/** A kind that is not served (yet) has no objects: its CRD is still to come. */
async function observePlace(
  place: readonly ObjectAddress[],
  kind: ServedKind | undefined,
  cluster: Cluster,
): Promise<readonly Sighting[]> {
  if (kind === undefined) return place.map(({ ref }) => [keyOf(ref), { state: 'absent' }]);
  if (place.length < listFrom || !kind.verbs.includes('list')) return readEach(place, cluster);
  const namespace = place[0]?.ref.namespace ?? '';
  try {
    const found = await cluster.listMetadata({ kind, ...(namespace === '' ? {} : { namespace }) });
    return matchByName(place, found);
  } catch (error) {
    // Rights may cover the single objects and not the list.
    if (error instanceof PlumbError && error.code === 'cluster-forbidden') return readEach(place, cluster);
    return place.map(({ ref }) => [keyOf(ref), unreadable(error)]);
  }
}

function matchByName(place: readonly ObjectAddress[], found: readonly LiveObject[]): readonly Sighting[] {
  const byName = new Map(found.map((live) => [live.metadata.name, live]));
  return place.map(({ ref }) => {
    const live = byName.get(ref.name);
    return [keyOf(ref), live === undefined ? { state: 'absent' } : { state: 'live', live }];
  });
}

function readEach(place: readonly ObjectAddress[], cluster: Cluster): Promise<readonly Sighting[]> {
  return Promise.all(
    place.map(async (address): Promise<Sighting> => [keyOf(address.ref), await readOne(address, cluster)]),
  );
}

async function readOne(address: ObjectAddress, cluster: Cluster): Promise<Observed> {
  try {
    const live = await cluster.readMetadata(address);
    return live === undefined ? { state: 'absent' } : { state: 'live', live };
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): Observed {
  const retryable = error instanceof PlumbError && error.retryable;
  return { state: 'unreadable', message: messageOf(error), ...(retryable ? { retryable } : {}) };
}
