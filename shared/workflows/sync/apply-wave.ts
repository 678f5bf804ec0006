import { attempt } from '../../apply/attempt.ts';
import { messageOf, PlumbError } from '../../errors.ts';
import type { Action, ObjectResult } from '../../model/change.ts';
import type { Inventory, InventoryEntry } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { formatRef, groupOf, versionOf } from '../../model/object-ref.ts';
import { seenEntry } from '../../plan/inventory-entry.ts';
import type { PlannedApply, PlannedDelete, WavePlan } from '../../plan/plan-wave.ts';
import { pruneUsing } from '../../plan/prune-rules.ts';
import { detachIfHandedOver } from './hand-over.ts';
import type { SyncRun } from './sync-run.ts';

/** What writing a wave came to: a result for each object, and entries for those that are now as wanted. */
export type AppliedWave = { readonly results: readonly ObjectResult[]; readonly entries: Inventory };

type Written = { readonly result: ObjectResult; readonly entry?: InventoryEntry };

/**
 * Writes what a wave's plan says: deletions first, as Argo CD does, then each group at once and the groups one after another.
 * A failure lets its siblings finish and stops the groups behind it.
 */
export async function applyWave(run: SyncRun, plan: WavePlan): Promise<AppliedWave> {
  const written: Written[] = await Promise.all(plan.deletes.map((planned) => deleteOne(run, planned)));
  for (const group of plan.groups) {
    if (written.some(({ result }) => result.action === 'failed')) break;
    written.push(...(await Promise.all(group.map((planned) => applyOne(run, planned)))));
  }
  const unchanged = plan.unchanged.map(
    ({ target: { ref, wave } }): ObjectResult => ({ ref, wave, action: 'unchanged', message: '' }),
  );
  for (const result of plan.unreadable) report(run, result);
  return {
    results: [...written.map(({ result }) => result), ...unchanged, ...plan.kept, ...plan.unreadable],
    entries: written.flatMap(({ entry }) => entry ?? []),
  };
}

/** The project is asked once more about the very object that is sent. */
async function applyOne(run: SyncRun, { target, before }: PlannedApply): Promise<Written> {
  const { ref, wave, manifest } = target;
  const refused = run.context.projectForbids(ref);
  if (refused !== undefined) return failed(run, { ref, wave, action: 'failed', message: refused });
  const sent = await attempt(run.cluster.apply(manifest));
  if (!sent.ok) return failed(run, { ref, wave, action: 'failed', ...explain(sent.error) });
  const live = sent.value;
  const health = run.assess(live);
  const action = actionOf(before, live);
  const result: ObjectResult = { ref, wave, action, message: '', ...(health === undefined ? {} : { health }) };
  report(run, result);
  return { result, entry: seenEntry(target, live, health) };
}

async function deleteOne(run: SyncRun, { entry, live }: PlannedDelete): Promise<Written> {
  const { ref, wave, version } = entry;
  const { uid, resourceVersion } = live.metadata;
  const refused = run.context.projectForbids(ref);
  if (refused !== undefined) return failed(run, { ref, wave, action: 'failed', message: refused });
  const handedOver = await attempt(detachIfHandedOver(run, { entry, live }));
  if (!handedOver.ok) return failed(run, { ref, wave, action: 'failed', ...explain(handedOver.error) });
  const conditions = handedOver.value ?? {
    uid,
    resourceVersion,
    propagation: pruneUsing(live, run.context.syncOptions),
  };
  const apiVersion = versionOf(live.apiVersion);
  const address = { ref, version: groupOf(live.apiVersion) === ref.group ? apiVersion : version };
  const sent = await attempt(run.cluster.delete(address, conditions));
  if (!sent.ok) return failed(run, { ref, wave, action: 'failed', ...explain(sent.error) });
  const result: ObjectResult = { ref, wave, action: 'pruned', message: '' };
  report(run, result);
  return { result };
}

/** An apply that changes nothing leaves the resourceVersion as it was. */
function actionOf(before: LiveObject | undefined, live: LiveObject): Action {
  if (before === undefined || before.metadata.uid !== live.metadata.uid) return 'created';
  return before.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured';
}

function explain(error: unknown): Pick<ObjectResult, 'message' | 'hint' | 'retryable'> {
  const message = messageOf(error);
  if (!(error instanceof PlumbError)) return { message };
  const { hint, retryable } = error;
  return { message, ...(retryable ? { retryable } : {}), ...(hint === undefined ? {} : { hint }) };
}

function failed(run: SyncRun, result: ObjectResult): Written {
  const named = result.message.includes(result.ref.name)
    ? result.message
    : `${formatRef(result.ref)}: ${result.message}`;
  const complete = { ...result, message: named };
  report(run, complete);
  return { result: complete };
}

function report({ ports, request }: SyncRun, result: ObjectResult): void {
  ports.reporter.report({ type: 'object', application: request.application.name, result });
}
