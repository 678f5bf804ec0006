import type { Cluster } from '../../cluster-ports.ts';
import { servedKind } from '../../model/cluster.ts';
import type { kindsServedBy } from '../../plan/kind-lookup.ts';
import type { Clock } from '../../ports.ts';

const mostDiscoveries = 50;
const pauseMs = 200;

type Waiting = { readonly clock: Clock; readonly signal: AbortSignal | undefined };

/**
 * Reads the served kinds again until these are among them: an API server says a while before it serves a kind that its CRD is
 * established. After 10 s it is left to the objects of the kind to fail.
 */
export async function discoverKinds(
  cluster: Cluster,
  kinds: ReturnType<typeof kindsServedBy>,
  { clock, signal }: Waiting,
): Promise<void> {
  for (let left = kinds.length === 0 ? 0 : mostDiscoveries; left > 0; left -= 1) {
    const facts = await cluster.rediscover();
    const areServed = kinds.every((kind) => servedKind(facts, kind) !== undefined);
    if (areServed || signal?.aborted === true) return;
    await clock.sleep(pauseMs, signal);
  }
}
