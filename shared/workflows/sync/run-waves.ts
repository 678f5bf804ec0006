import { observe } from '../../apply/observe.ts';
import type { ObjectResult } from '../../model/change.ts';
import { type Inventory, mergeInventory, withoutDeleted } from '../../model/inventory.ts';
import type { Observation } from '../../model/observation.ts';
import type { Operation } from '../../model/operation.ts';
import { advance } from '../../plan/advance.ts';
import { planWave } from '../../plan/plan-wave.ts';
import { stall, unstall } from '../../plan/stall.ts';
import type { Wave } from '../../plan/waves.ts';
import { applyWave } from './apply-wave.ts';
import { addressesOf } from './desired-state.ts';
import { releaseSecrets } from './hand-over.ts';
import { leaseFor } from './head-session.ts';
import { settleWave, timeLeft } from './settle-wave.ts';
import type { SyncRun } from './sync-run.ts';
import { unseen } from './unseen.ts';

/** How far a sync has come. Saved after every wave but the last, which the caller saves with the outcome. */
export type WavesProgress = {
  readonly operation: Operation;
  readonly inventory: Inventory;
  readonly results: readonly ObjectResult[];
  /** Those of the results whose state could not be read. */
  readonly unknown: readonly ObjectResult[];
};

/** Runs the waves from the operation's cursor on, until the last is applied, one fails, or the request's signal fires. */
export async function runWaves(run: SyncRun, operation: Operation, first: Observation): Promise<WavesProgress> {
  await releaseSecrets(run);
  const released = run.desired.released.map(({ ref }) => ref);
  const inventory = withoutDeleted(run.session.head.inventory, released);
  let progress: WavesProgress = { operation, inventory, results: [], unknown: [] };
  for (let index = operation.cursor; index < run.waves.length; index += 1) {
    if (isAborted(run)) return interrupted(run, progress);
    const wave = run.waves[index] as Wave;
    const observation = index === operation.cursor ? first : await observeWave(run, wave);
    progress = await runWave(run, { progress, wave, index, observation });
    if (progress.operation.phase !== 'Running') return progress;
    if (isSuperseded(run) && progress.operation.cursor === index) return interrupted(run, progress);
    await saveProgress(run, progress);
  }
  // Nothing was left to do: the interrupted run had got that far.
  return {
    ...progress,
    operation: advance(progress.operation, emptyReport(run.waves.length), run.ports.clock.now().toISOString()),
  };
}

type Step = {
  readonly progress: WavesProgress;
  readonly wave: Wave;
  readonly index: number;
  readonly observation: Observation;
};

async function runWave(run: SyncRun, { progress, wave, index, observation }: Step): Promise<WavesProgress> {
  const { ports, request, context, waves } = run;
  const plan = planWave(wave, observation, context);
  const objects = wave.groups.flat().length + plan.deletes.length;
  ports.reporter.report({
    type: 'wave',
    application: request.application.name,
    index,
    count: waves.length,
    wave: wave.wave,
    objects,
  });
  const applied = await holding(run, () => applyWave(run, plan));
  const settled = await settleWave(run, { plan, applied, index, isLast: index === waves.length - 1 });
  const inventory = mergeInventory(mergeInventory(progress.inventory, applied.entries), settled.entries);
  const report = { index, count: waves.length, results: applied.results, ...settled };
  const now = ports.clock.now().toISOString();
  // A wait that was cut short says nothing about the wave, unless its time is over all the same.
  const isCutShort = (isAborted(run) || isSuperseded(run)) && settled.blockedBy.length > 0 && timeLeft(run, index) > 0;
  return {
    operation: isCutShort
      ? stall(progress.operation, report, now)
      : advance(unstall(progress.operation, index), report, now),
    inventory: withoutDeleted(inventory, [...plan.forgotten, ...settled.gone]),
    results: [...progress.results, ...applied.results],
    unknown: [...progress.unknown, ...plan.unreadable, ...unseen(plan.kept, observation)],
  };
}

/** How often a lease is looked after while objects are written. */
const heartbeatMs = 10_000;

/** Keeps the application to this worker while a piece of work takes long; a lost race surfaces when the work is done. */
async function holding<Result>({ session, ports }: SyncRun, work: () => Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const beat = async (): Promise<void> => {
    while (!done.signal.aborted) {
      await ports.clock.sleep(heartbeatMs, done.signal);
      if (!done.signal.aborted) await session.renewLease(ports);
    }
  };
  const beating = beat();
  beating.catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await beating;
  }
}

async function observeWave(run: SyncRun, wave: Wave): Promise<Observation> {
  const facts = await run.cluster.facts();
  return observe(addressesOf(wave.groups.flat(), wave.prune, facts), run.cluster);
}

async function saveProgress({ session, ports }: SyncRun, { operation, inventory }: WavesProgress): Promise<void> {
  await session.save({ ...session.head, operation: { ...operation, lease: leaseFor(ports) }, inventory });
}

function isAborted({ request }: SyncRun): boolean {
  return request.signal?.aborted === true;
}

function isSuperseded({ request }: SyncRun): boolean {
  return request.superseded?.aborted === true;
}

/** Left as it is, for whoever comes next: nobody holds it. */
function interrupted(run: SyncRun, progress: WavesProgress): WavesProgress {
  const { lease: _released, ...operation } = progress.operation;
  const what = operation.stalled === undefined || isAborted(run) ? 'interrupted' : operation.message;
  return { ...progress, operation: { ...operation, message: `${what}; the next sync goes on from here` } };
}

function emptyReport(count: number): Parameters<typeof advance>[1] {
  return { index: count - 1, count, results: [], degraded: [], blockedBy: [] };
}
