import type { Cluster } from '../../cluster-ports.ts';
import { SyncError } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';
import { groupOf } from '../../model/object-ref.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { SyncOutcome } from '../../model/sync-request.ts';
import type { Ports } from '../../ports.ts';
import type { Registry } from '../../state/registry.ts';
import { saveRender } from '../../state/renders.ts';
import { openApplication } from '../sync/prepare-sync.ts';
import { syncApplication } from '../sync/sync.ts';
import type { Restoration, Target } from './load-restoration.ts';
import { prepareHead } from './prepare-head.ts';
import { recordMove } from './record-move.ts';

/** What restoring works with besides the ports; `listed` answers for the target. */
export type Restoring = {
  readonly target: Target;
  readonly listed: Cluster;
  readonly registry: Registry;
  readonly signal: AbortSignal;
};

/** Makes the target equal to one application's snapshot, by a sync like any other. */
export async function restoreApplication(
  restoration: Restoration,
  { target, listed, registry, signal }: Restoring,
  ports: Ports,
): Promise<SyncOutcome> {
  const { request, rendered, snapshot } = restoration;
  if (rendered.render.digest !== snapshot.renderDigest)
    await saveRender(ports.store, request.project.name, rendered.render);
  const here: Ports = { ...ports, clusters: clustersWith(request.application.destination, listed, ports) };
  const outcome = await whenFree({ signal, ports }, async () => {
    await prepareHead(restoration, target.is, ports);
    const opened = await openApplication(request, here);
    // Only who declares others needs to know what is declared by now.
    const known = declares(rendered) ? {} : { registry };
    return syncApplication({ ...request, signal }, here, { ...opened, rendered, ...known });
  });
  const { head, results } = outcome;
  if (head.operation?.phase === 'Failed' || head.operation?.phase === 'Running') return outcome;
  return { ...outcome, head: await recordMove(restoration, { head, results, target: target.is }, ports) };
}

function declares({ render }: RenderedSources): boolean {
  return render.manifests.some(({ apiVersion }) => groupOf(apiVersion) === 'argoproj.io');
}

/** What the application calls its cluster is the target now; children may be in others. */
function clustersWith(own: Destination, listed: Cluster, { clusters }: Ports): Ports['clusters'] {
  return {
    open: async (destination) => {
      const isOwn = destination.name === own.name && destination.server === own.server;
      return isOwn ? listed : clusters.open(destination);
    },
  };
}

const lookEveryMs = 500;
const mostTries = 60;

/** Whoever is at work on the application is waited for; nobody begins anew while it is being restored. */
async function whenFree<Result>(
  { signal, ports }: { readonly signal: AbortSignal; readonly ports: Ports },
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isHeld = error instanceof SyncError && error.code === 'sync-locked';
      if (!isHeld || attempt === mostTries || signal.aborted) throw error;
    }
    await ports.clock.sleep(lookEveryMs, signal);
  }
}
