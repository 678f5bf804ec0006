import { type Awaited, type Standing, settle } from '../../apply/settle.ts';
import type { ObjectResult } from '../../model/change.ts';
import type { Inventory, InventoryEntry } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, type ObjectRef, versionOf } from '../../model/object-ref.ts';
import { kindsServedBy } from '../../plan/kind-lookup.ts';
import type { WavePlan } from '../../plan/plan-wave.ts';
import { timeLeftOf } from '../../plan/stall.ts';
import type { Target } from '../../plan/target.ts';
import type { AppliedWave } from './apply-wave.ts';
import type { Assess } from './assessor.ts';
import { discoverKinds } from './discover-kinds.ts';
import type { SyncRun } from './sync-run.ts';

/** How a wave stood when nothing more was waited for. */
export type SettledWave = {
  readonly entries: Inventory;
  readonly gone: readonly ObjectRef[];
  readonly degraded: readonly Standing[];
  readonly blockedBy: readonly Standing[];
};

const defaultWaveTimeoutMs = 15 * 60_000;
/** A last wave's deletions are confirmed when they are quick; slow ones stay in the inventory until a later run sees them gone. */
const lastDeletionsMs = 10_000;

type Wave = {
  readonly plan: WavePlan;
  readonly applied: AppliedWave;
  readonly index: number;
  readonly isLast: boolean;
};

/**
 * Waits until a wave is healthy and its deletions are done; the last wave is not waited for, as in Argo CD.
 * After a CRD is established the cluster's served kinds are read again.
 */
export async function settleWave(run: SyncRun, { plan, applied, index, isLast }: Wave): Promise<SettledWave> {
  const nothing: SettledWave = { entries: [], gone: [], degraded: [], blockedBy: [] };
  const deleted = applied.results.filter(({ action }) => action === 'pruned');
  const leaving = awaitGone(plan, deleted);
  if (applied.results.some(({ action }) => action === 'failed')) return nothing;
  if (isLast) {
    const standings = await settleAll(run, leaving, lastDeletionsMs);
    return { ...nothing, gone: standings.filter(({ done }) => done).map(({ ref }) => ref) };
  }
  const targets = unhealthyTargets(plan, applied);
  const awaited = [...leaving, ...targets.map(awaitHealthy)];
  const standings = await settleAll(run, awaited, timeLeft(run, index));
  const made = plan.groups.flat().flatMap(({ target }) => kindsServedBy(target.manifest));
  await discoverKinds(run.cluster, made, { clock: run.ports.clock, signal: run.request.signal });
  return {
    entries: entriesAfter([...applied.entries, ...plan.unchanged.map(({ entry }) => entry)], standings, run.assess),
    gone: standings
      .filter(({ done, code }) => done && code === 'Missing')
      .map(({ ref }) => ref)
      .filter((ref) => leaving.some(({ address }) => keyOf(address.ref) === keyOf(ref))),
    degraded: standings.filter(({ code }) => code === 'Degraded'),
    blockedBy: standings.filter(({ done }) => !done),
  };
}

/** A wave that was left and taken up again has only what is left of its time. */
export function timeLeft({ request, session, ports }: SyncRun, index: number): number {
  const { waveTimeoutMs = defaultWaveTimeoutMs } = request;
  const { stalled } = session.head.operation ?? {};
  return stalled === undefined
    ? waveTimeoutMs
    : timeLeftOf(stalled, { index, waveTimeoutMs, now: ports.clock.now().getTime() });
}

/** Waits, and tells what is waited for. */
export async function settleAll(
  run: SyncRun,
  awaited: readonly Awaited[],
  timeoutMs: number,
): Promise<readonly Standing[]> {
  if (awaited.length === 0) return [];
  const { ports, request } = run;
  const { name } = request.application;
  ports.reporter.report({ type: 'step', application: name, step: 'settle', detail: `${awaited.length} objects` });
  return settle(awaited, run.cluster, {
    assess: run.assess,
    timeoutMs,
    clock: ports.clock,
    onWaiting: async (objects) => {
      ports.reporter.report({ type: 'waiting', application: name, objects });
      await run.session.renewLease(ports);
    },
    signal: AbortSignal.any([request.signal, request.superseded].filter((signal) => signal !== undefined)),
  });
}

/** The entries of what was looked at, with the health it had then. */
export function entriesAfter(known: Inventory, standings: readonly Standing[], assess: Assess): Inventory {
  const byKey = new Map(standings.map((standing) => [keyOf(standing.ref), standing]));
  return known.flatMap((entry) => withHealth(entry, byKey.get(keyOf(entry.ref))?.live, assess) ?? []);
}

/**
 * The entry with the health that the object has now and nothing else of it: somebody may have changed the object since it was
 * applied, and a resourceVersion taken now would pass that change off as what was wanted. Undefined: it is another object, or gone.
 */
export function withHealth(
  { seen, ...entry }: InventoryEntry,
  live: LiveObject | undefined,
  assess: Assess,
): InventoryEntry | undefined {
  if (seen === undefined || live === undefined || live.metadata.uid !== seen.uid) return undefined;
  const { health: _before, ...rest } = seen;
  const health = assess(live);
  return { ...entry, seen: health === undefined ? rest : { ...rest, health } };
}

export function awaitHealthy({ ref, manifest }: Target): Awaited {
  return { address: { ref, version: versionOf(manifest.apiVersion) }, until: 'healthy', uid: '' };
}

function awaitGone(plan: WavePlan, deleted: readonly ObjectResult[]): readonly Awaited[] {
  const keys = new Set(deleted.map(({ ref }) => keyOf(ref)));
  return plan.deletes
    .filter(({ entry }) => keys.has(keyOf(entry.ref)))
    .map(({ entry, live }) => ({
      address: { ref: entry.ref, version: versionOf(live.apiVersion) },
      until: 'gone',
      uid: live.metadata.uid,
    }));
}

function unhealthyTargets(plan: WavePlan, applied: AppliedWave): readonly Target[] {
  const health = new Map(applied.entries.map(({ ref, seen }) => [keyOf(ref), seen?.health]));
  const written = plan.groups
    .flat()
    .map(({ target }) => target)
    .filter(({ ref }) => isWaiting(health.get(keyOf(ref))?.code));
  const left = plan.unchanged.filter(({ entry }) => isWaiting(entry.seen?.health?.code)).map(({ target }) => target);
  return [...written, ...left];
}

function isWaiting(code: string | undefined): boolean {
  return code !== undefined && code !== 'Healthy';
}
