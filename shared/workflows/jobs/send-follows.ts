import type { Destination } from '../../model/application.ts';
import type { FollowCause } from '../../model/job.ts';
import { clustersMeant } from '../../plan/find-cluster.ts';
import type { Queue } from '../../queue-ports.ts';
import { loadClusters } from '../../state/clusters.ts';
import type { KeptStore } from '../../state/kept-state.ts';

/** An application that is to be followed. */
export type Follow = {
  readonly application: string;
  /** Undefined: nobody declares it any more. */
  readonly destination: Destination | undefined;
  /** The same for a repeat. */
  readonly id: string;
  readonly cause: FollowCause;
  readonly origin: string;
};

/** Has applications followed by whoever reaches their clusters. */
export async function sendFollows(
  follows: readonly Follow[],
  { store, kept, syncQueue }: KeptStore & { readonly syncQueue: (zone: string) => Queue },
): Promise<void> {
  if (follows.length === 0) return;
  const clusters = await loadClusters(store, kept.clusters);
  const zoneOf = ({ destination }: Follow): string =>
    (destination && clustersMeant(clusters, destination)[0]?.zone) ?? 'public';
  for (const [zone, of] of Map.groupBy(follows, zoneOf))
    await syncQueue(zone).send(
      of.map(({ application, id, cause, origin }) => ({
        group: application,
        id,
        message: { job: { work: 'follow', application, cause }, origin },
      })),
    );
}
