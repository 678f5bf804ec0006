import { adviceOf } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import type { ClusterAway, ScannedCluster } from '../../model/registered-cluster.ts';
import { type loadScanned, saveScanned } from '../../state/clusters.ts';
import type { JobPorts } from './job-ports.ts';

/** The first pause after a cluster did not answer; then twice as long each time. */
const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;

/** What was known of a cluster before it was scanned, and the etag of that. */
export type ScannedBefore = Awaited<ReturnType<typeof loadScanned>>;

/** Remembers what a cluster serves, and that it answers; writes only what is news. True: it has come back. */
export async function rememberAnswer(
  id: string,
  facts: ClusterFacts,
  { before, ports }: { readonly before: ScannedBefore; readonly ports: JobPorts },
): Promise<boolean> {
  const { version, served, failing } = facts;
  const scanned: ScannedCluster = {
    id,
    facts: { version, served, ...(failing === undefined || failing.length === 0 ? {} : { failing }) },
  };
  if (JSON.stringify(before?.scanned) !== JSON.stringify(scanned))
    await saveScanned(ports.store, scanned, before?.etag);
  return before?.scanned.away !== undefined;
}

/** Remembers that a cluster does not answer, so that nobody tries before its next scan may have found it back. */
export async function rememberSilence(
  id: string,
  error: unknown,
  { before, ports }: { readonly before: ScannedBefore; readonly ports: JobPorts },
): Promise<void> {
  const now = ports.clock.now();
  const { facts, away } = before?.scanned ?? {};
  const failures = (away?.failures ?? 0) + 1;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  const next: ClusterAway = {
    since: away?.since ?? now.toISOString(),
    until: new Date(now.getTime() + pauseMs).toISOString(),
    failures,
    message: adviceOf(error),
  };
  await saveScanned(ports.store, { id, ...(facts === undefined ? {} : { facts }), away: next }, before?.etag);
}
