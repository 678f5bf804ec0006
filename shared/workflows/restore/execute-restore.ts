import { randomUUID } from 'node:crypto';
import { attempt } from '../../apply/attempt.ts';
import { adviceOf } from '../../errors.ts';
import type { RestoreReport } from '../../model/restore.ts';
import type { Ports } from '../../ports.ts';
import { saveRestoreReport } from '../../state/restores.ts';
import { inParallel } from '../in-parallel.ts';
import { awaitDefinitions } from './await-definitions.ts';
import { holdRestore } from './hold-restore.ts';
import type { PlannedApplication } from './plan-application.ts';
import type { RestorePlan } from './plan-restore.ts';
import { type Outcome, type RestoreRun, reportRestore } from './report-restore.ts';
import { restoreApplication } from './restore-application.ts';
import { comparableOf, verifyApplication } from './verify-application.ts';

/** Applications that are worked on at once; the cluster's adapter bounds the requests. */
const applicationsAtOnce = 16;

export type Executing = {
  /** Under which its report is kept, even where there was nothing to do; absent: one of its own. */
  readonly id?: string;
  /** Stops between two objects; the same restore goes on from there. */
  readonly signal: AbortSignal;
  /** Told of each application as soon as it is restored or has failed. */
  readonly onRestored?: (application: string, outcome: Outcome) => void;
};

/**
 * Carries out a plan, layer by layer, then compares what was restored with the snapshots. Where nothing is left to do, nothing is
 * written anywhere. The report's applications tell what is not as it should be; undefined: it was interrupted.
 */
export async function executeRestore(
  plan: RestorePlan,
  ports: Ports,
  executing: Executing,
): Promise<RestoreReport | undefined> {
  const todo = plan.applications.filter(({ isBlocked, isDone }) => !isBlocked && !isDone);
  if (todo.length === 0 && !plan.isResumed) return reportNothing(plan, ports, executing.id);
  return holdRestore(plan, ports, {
    signal: executing.signal,
    ...(executing.id === undefined ? {} : { id: executing.id }),
    isFinished: (report) => report !== undefined,
    work: async (record, signal) => {
      const run = { ...newRun(ports), record };
      await restoreLayers(plan, { ...executing, signal, run }, ports);
      if (signal.aborted) return undefined;
      await verifyAll(plan, run, ports);
      const report = reportRestore(plan, run, ports.clock.now().toISOString());
      await saveRestoreReport(ports.store, report);
      return report;
    },
  });
}

async function reportNothing(plan: RestorePlan, ports: Ports, id: string | undefined): Promise<RestoreReport> {
  const report = reportRestore(plan, newRun(ports, id), ports.clock.now().toISOString());
  // Nobody waits for what is not asked for by an id.
  if (id !== undefined) await saveRestoreReport(ports.store, report);
  return report;
}

function newRun({ clock }: Ports, id: string = randomUUID()): RestoreRun {
  const record = { id, startedAt: clock.now().toISOString() };
  return { record, outcomes: new Map(), verified: new Map() };
}

async function restoreLayers(
  plan: RestorePlan,
  executing: Executing & { readonly run: RestoreRun },
  ports: Ports,
): Promise<void> {
  const { signal, run } = executing;
  const byName = new Map(plan.applications.map((planned) => [planned.restoration.name, planned]));
  for (const [index, layer] of plan.order.layers.entries()) {
    const members = layer
      .flatMap((name) => byName.get(name) ?? [])
      .filter(({ isBlocked, isDone }) => !isBlocked && !isDone);
    if (signal.aborted) return;
    if (members.length === 0) continue;
    if (plan.order.layers.length > 1)
      tell(`step ${index + 1} of ${plan.order.layers.length}: ${count(members.length, 'application')}`, ports);
    await inParallel(members, applicationsAtOnce, async ({ restoration }) => {
      if (signal.aborted) return;
      const outcome = await tryOne(restoration, plan, { signal, ports });
      run.outcomes.set(restoration.name, outcome);
      executing.onRestored?.(restoration.name, outcome);
    });
    const manifests = members.flatMap(({ restoration }) => restoration.rendered.render.manifests);
    await awaitDefinitions(manifests, { cluster: plan.listed, signal }, ports);
  }
}

type Trying = { readonly signal: AbortSignal; readonly ports: Ports };

/** One application's failure does not keep the others from their restore. */
async function tryOne(
  restoration: PlannedApplication['restoration'],
  { target, listed, registry }: RestorePlan,
  { signal, ports }: Trying,
): Promise<Outcome> {
  const tried = await attempt(restoreApplication(restoration, { target, listed, registry, signal }, ports));
  return tried.ok ? { synced: tried.value } : { failed: adviceOf(tried.error) };
}

function tell(message: string, { reporter }: Ports): void {
  reporter.report({ type: 'notice', level: 'info', message });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** All that was changed, or should have been. */
async function verifyAll({ applications, target }: RestorePlan, run: RestoreRun, ports: Ports): Promise<void> {
  const changed = applications.filter(({ restoration }) => run.outcomes.has(restoration.name));
  if (changed.length === 0) return;
  const around = { cluster: target.cluster, ports };
  const comparables = await Promise.all(changed.map(({ restoration }) => comparableOf(restoration, around)));
  const objects = comparables.reduce((total, { targets, unknown }) => total + targets.length + unknown.length, 0);
  if (objects > 0) tell(`comparing ${count(objects, 'object')} with the snapshots`, ports);
  await inParallel(comparables, applicationsAtOnce, async (comparable) => {
    run.verified.set(comparable.name, await verifyApplication(comparable, target.cluster, ports.store));
  });
}
