import { attempt } from '../../apply/attempt.ts';
import { SyncError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import type { ObjectResult } from '../../model/change.ts';
import type { Observation } from '../../model/observation.ts';
import { defaultProject, type Project } from '../../model/project.ts';
import { emptyRender } from '../../model/render.ts';
import { isPartial, type SyncOutcome, type SyncRequest } from '../../model/sync-request.ts';
import { planWave, type WavePlan } from '../../plan/plan-wave.ts';
import { isRecorded } from '../../plan/snapshot-due.ts';
import type { Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { removeDeclared } from '../../state/registry.ts';
import { refreshUnchanged } from '../compare/refresh-unchanged.ts';
import { awaitHealth } from './await-health.ts';
import { bringNamespace } from './bring-namespace.ts';
import { refuseWhileHeld } from './head-session.ts';
import { type Known, observeAll, openApplication, prepareSync } from './prepare-sync.ts';
import { publishSecretStores } from './publish-secret-stores.ts';
import { putOnRecord } from './put-on-record.ts';
import { recordEnd, recordQuiet } from './record-sync.ts';
import { childrenOf, registerChildren } from './register-children.ts';
import { runWaves } from './run-waves.ts';
import { startOperation } from './start-operation.ts';
import { refuseBeyondBudget, refuseClaimed, refuseWhilePinned, tellLostState } from './sync-guards.ts';
import type { SyncRun } from './sync-run.ts';
import { unseen } from './unseen.ts';

/**
 * Makes the cluster equal to the render of an application: one operation, saved wave by wave, taken up again where it was left.
 * Throws when nothing could start; a sync that failed on its way is an outcome whose head says so.
 * `known` is the opened application with what it shall be, in place of what Git says now. A run that loses the head to another
 * process stops with `sync-locked`.
 */
export async function syncApplication(request: SyncRequest, ports: Ports, known?: Known): Promise<SyncOutcome> {
  const run = await prepareSync(request, ports, known);
  try {
    return await runSync(run);
  } catch (error) {
    if (error instanceof SyncError && error.code === 'sync-locked') await run.session.releaseLease(ports);
    throw error;
  }
}

async function runSync(run: SyncRun): Promise<SyncOutcome> {
  const { request } = run;
  refuseWhileHeld(run.session.head, run.ports);
  refuseWhilePinned(run);
  const observation = await observeAll(run);
  refuseClaimed(run, observation);
  tellLostState(run, observation);
  const plans = run.waves.map((wave) => planWave(wave, observation, run.context));
  refuseBeyondBudget(run, plans, observation);
  const namespace = await bringNamespace(run, plans);
  const isQuiet = namespace === 'unchanged' && plans.every(isQuietPlan) && isDone(run) && hasNothingNew(run);
  const results = isQuiet ? await confirm(run, plans, observation) : await carryOut(run, observation);
  if (isDone(run) && request.waitMs) await awaitHealth(run, request.waitMs);
  return { head: run.session.head, rendered: run.rendered, results };
}

/** False while the newest operation has failed or was interrupted: then it is not over when nothing is left to write. */
function isDone({ session }: SyncRun): boolean {
  const { operation } = session.head;
  return operation === undefined || operation.phase === 'Succeeded';
}

/**
 * False while there is no snapshot of what is to be deployed, or a Secret is to be left to a controller: then a sync that has nothing to
 * write still has something to do.
 */
function hasNothingNew({ request, rendered, session, desired }: SyncRun): boolean {
  if (desired.released.length > 0) return false;
  return isPartial(request) || isRecorded(rendered.render.digest, session.head.snapshots.at(-1));
}

/**
 * Registers what an application of applications declares, and deletes the objects of children that are to go with them.
 * Comes before the end is recorded, so that what fails or dies here is done again.
 */
async function bringChildren(run: SyncRun): Promise<void> {
  const leaving: string[] = [];
  await publishSecretStores(run);
  await registerChildren(run);
  for (const { application } of childrenOf(run).leaving)
    if (!(await letGo(run, application))) leaving.push(application.name);
  if (leaving.length > 0) throw stillLeaving(run.request.application.name, leaving);
}

/** Deletes what a child owns, then takes it out of the registry; false while something of it is still there. */
async function letGo(run: SyncRun, application: Application): Promise<boolean> {
  const { request, ports, context } = run;
  const { name } = application;
  const held = (await loadHead(ports.store, name))?.head;
  // The name may be a person's application by now: then the objects are not the child's.
  if (held === undefined || held.parent === request.application.name) {
    // Its own job may be under way in this very process.
    if (held !== undefined) refuseWhileHeld(held, { ...ports, worker: { id: '', hasEnded: ports.worker.hasEnded } });
    const project = projectOfChild(run, application.project);
    const nothing = { render: emptyRender, sources: [], warnings: [], rendered: false };
    const leaving: SyncRequest = {
      application,
      project,
      reason: 'git',
      parent: request.application.name,
      prune: true,
      approvePrune: context.approvePrune,
      leaving: true,
    };
    const opened = await openApplication(leaving, ports);
    const outcome = await syncApplication(leaving, ports, { ...opened, rendered: nothing });
    if (outcome.head.inventory.length > 0) return false;
  }
  await removeDeclared(ports.store, application.project, name);
  return true;
}

/** Only a parent that may declare projects has children in others: what such a child owns, it may let go. */
function projectOfChild({ request, registry }: SyncRun, name: string): Project {
  if (request.project.name === name) return request.project;
  return registry.projects.find(({ project }) => project.name === name)?.project ?? { ...defaultProject, name };
}

function stillLeaving(parent: string, children: readonly string[]): SyncError {
  const names = children.join(', ');
  return new SyncError('sync-failed', `${parent}: objects of ${names} are still being deleted`, {
    object: parent,
    hint: `see what holds them with: plumb status ${children[0]}; the next sync of ${parent} looks again`,
    retryable: true,
  });
}

function isQuietPlan({ groups, deletes, forgotten, unreadable }: WavePlan): boolean {
  return groups.length + deletes.length + forgotten.length + unreadable.length === 0;
}

/** Everything is as wanted: nothing is written to the cluster, and to the store only what is news. */
async function confirm(
  run: SyncRun,
  plans: readonly WavePlan[],
  observation: Observation,
): Promise<readonly ObjectResult[]> {
  const unchanged = plans.flatMap((plan) => plan.unchanged);
  const kept = plans.flatMap((plan) => plan.kept);
  const entries = await refreshUnchanged(unchanged, run);
  await bringChildren(run);
  await recordQuiet(run, { entries, kept, unknown: unseen(kept, observation) });
  return [
    ...unchanged.map(({ target: { ref, wave } }): ObjectResult => ({ ref, wave, action: 'unchanged', message: '' })),
    ...kept,
  ];
}

async function carryOut(run: SyncRun, observation: Observation): Promise<readonly ObjectResult[]> {
  const operation = await startOperation(run);
  try {
    const end = await runWaves(run, operation, observation);
    if (end.operation.phase === 'Succeeded') await bringChildren(run);
    await recordEnd(run, end);
    return end.results;
  } catch (error) {
    // The lost race is what counts, whatever comes of this.
    if (isLostRace(error)) await attempt(putOnRecord(run));
    throw error;
  }
}

function isLostRace(error: unknown): boolean {
  return error instanceof SyncError && error.code === 'sync-locked';
}
