import type { SecretEvent } from '../../model/secret-event.ts';
import { clustersMeant } from '../../plan/find-cluster.ts';
import { concernedBySecret } from '../../plan/secrets/concerned-by-secret.ts';
import type { Queue } from '../../queue-ports.ts';
import { loadClusters } from '../../state/clusters.ts';
import type { KeptStore } from '../../state/kept-state.ts';
import { loadFollowed } from './declarations.ts';

/** Has the secrets read again of all applications that read this one; gives how many those are. `id` is the event's own. */
export async function relaySecretEvent(
  event: SecretEvent,
  { id, origin }: { readonly id: string; readonly origin: string },
  ports: KeptStore & { readonly syncQueue: (zone: string) => Queue },
): Promise<number> {
  const { store, kept } = ports;
  const [heads, followed, clusters] = await Promise.all([
    kept.heads.load(store),
    loadFollowed(ports),
    loadClusters(store, kept.clusters),
  ]);
  const concerned = concernedBySecret(
    [...heads.found.values()].map(({ head }) => head),
    event,
  );
  const zoneOf = (name: string): string => {
    const destination = followed.get(name)?.declared.application.destination;
    return (destination && clustersMeant(clusters, destination)[0]?.zone) ?? 'public';
  };
  for (const [zone, names] of Map.groupBy(concerned, zoneOf))
    await ports.syncQueue(zone).send(
      names.map((application) => ({
        group: application,
        id: `secret ${application} ${id}`,
        message: { job: { work: 'follow', application, cause: 'secret' }, origin },
      })),
    );
  return concerned.length;
}
