import { attempt } from '../../apply/attempt.ts';
import { ClusterError, messageOf } from '../../errors.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { type ObjectRef, versionOf } from '../../model/object-ref.ts';
import { asksForNamespace, namespacesAmong } from '../../plan/destination-namespace.ts';
import { difference } from '../../plan/diff/difference.ts';
import { seenEntry } from '../../plan/inventory-entry.ts';
import { type PlannedApply, planWave } from '../../plan/plan-wave.ts';
import type { Target } from '../../plan/target.ts';
import { observeAll } from '../sync/prepare-sync.ts';
import type { SyncRun } from '../sync/sync-run.ts';
import { unseen } from '../sync/unseen.ts';
import { compareNamespace } from './compare-namespace.ts';
import type { Comparison, Differing } from './comparison.ts';
import { refreshUnchanged } from './refresh-unchanged.ts';

/** Compares without changing anything. Only what is not as last seen is read and dry-run. */
export async function compare(run: SyncRun): Promise<Comparison> {
  const observation = await observeAll(run);
  const plans = run.waves.map((wave) => planWave(wave, observation, { ...run.context, prune: true }));
  const judged = await Promise.all(plans.flatMap(({ groups }) => groups.flat()).map((planned) => judge(planned, run)));
  const namespace = await compareNamespace(run, plans);
  const kept = plans.flatMap((plan) => plan.kept);
  const unknowable = unseen(kept, observation);
  return {
    differing: [...namespace.differing, ...judged.flatMap(({ differing }) => differing ?? [])],
    extra: [
      ...(await extraObjects(run, plans)),
      ...kept.filter((result) => !unknowable.includes(result)).map(({ ref, message }) => ({ ref, message })),
    ],
    unknown: [
      ...namespace.unknown,
      ...plans.flatMap(({ unreadable }) => unreadable),
      ...unknowable,
      ...judged.flatMap(({ unknown }) => unknown ?? []),
    ],
    entries: [
      ...judged.flatMap(({ entries }) => entries ?? []),
      ...(await refreshUnchanged(
        plans.flatMap(({ unchanged }) => unchanged),
        run,
      )),
    ],
  };
}

type Judgement = {
  readonly differing?: Differing;
  readonly unknown?: { readonly ref: ObjectRef; readonly message: string };
  readonly entries?: Inventory;
};

async function judge({ target, before }: PlannedApply, run: SyncRun): Promise<Judgement> {
  const { cluster, assess } = run;
  const address = { ref: target.ref, version: versionOf(target.manifest.apiVersion) };
  const read = await attempt(before === undefined ? Promise.resolve(undefined) : cluster.read(address));
  if (!read.ok) return { unknown: { ref: target.ref, message: messageOf(read.error) } };
  const predicted = await attempt(cluster.dryRunApply(target.manifest));
  const live = read.value;
  if (!predicted.ok && (live !== undefined || !comesWith(target, predicted.error, run)))
    return { unknown: { ref: target.ref, message: messageOf(predicted.error) } };
  const wanted = predicted.ok ? predicted.value : (target.manifest as LiveObject);
  const fields = difference(live, wanted);
  if (live === undefined) return { differing: { target, predicted: wanted, fields } };
  if (fields.length > 0) return { differing: { target, live, predicted: wanted, fields } };
  return { entries: [seenEntry(target, live, assess(live))] };
}

/** What lives in a namespace, or is of a kind, that the same sync makes cannot be dry-run before: then Git's word is all there is. */
function comesWith(target: Target, error: unknown, { request, desired }: SyncRun): boolean {
  if (target.kind === undefined) return true;
  if (!(error instanceof ClusterError) || error.status !== 404) return false;
  const { namespace } = target.ref;
  const own = namespacesAmong(desired.targets.map(({ ref }) => ref));
  if (own.includes(namespace)) return true;
  return namespace === request.application.destination.namespace && asksForNamespace(request.application, own);
}

type Plans = readonly ReturnType<typeof planWave>[];

async function extraObjects({ cluster }: SyncRun, plans: Plans): Promise<Comparison['extra']> {
  const deletable = plans.flatMap(({ deletes }) => deletes);
  return Promise.all(
    deletable.map(async ({ entry, live }) => {
      const full = await attempt(cluster.read({ ref: entry.ref, version: versionOf(live.apiVersion) }));
      const found = full.ok && full.value !== undefined ? full.value : live;
      return { ref: entry.ref, live: found, message: 'not in Git any more' };
    }),
  );
}
