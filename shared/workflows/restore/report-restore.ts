import { countActions } from '../../model/change.ts';
import { formatRef } from '../../model/object-ref.ts';
import type { RestoredApplication, RestoreOutcome, RestoreRecord, RestoreReport } from '../../model/restore.ts';
import type { SyncOutcome } from '../../model/sync-request.ts';
import type { Blocked, PlannedApplication } from './plan-application.ts';
import type { RestorePlan } from './plan-restore.ts';
import type { Verified } from './verify-application.ts';

/** What was tried of an application: how its sync ended, or why it did not begin. */
export type Outcome = { readonly synced: SyncOutcome } | { readonly failed: string };

/** What is known of a restore so far, by application. */
export type RestoreRun = {
  readonly record: Pick<RestoreRecord, 'id' | 'startedAt'>;
  readonly outcomes: Map<string, Outcome>;
  readonly verified: Map<string, Verified>;
};

/** All that a restore came to, application by application. `now` is ISO 8601. */
export function reportRestore(plan: RestorePlan, run: RestoreRun, now: string): RestoreReport {
  const { cluster, target, asked, applications, unusable, leftOut } = plan;
  const failed = new Set(
    applications.flatMap((planned) => (isRestoredNow(planned, run) ? [] : planned.restoration.name)),
  );
  const unusableOnes = unusable.map(
    ({ application, reason }): RestoredApplication => ({
      application,
      outcome: 'blocked',
      message: reason,
      counts: {},
      notRestored: [],
      warnings: [],
      differences: [],
    }),
  );
  const planned = applications.map((each) => entryOf(each, run, dependenciesOf(each, plan, failed)));
  const untouched = applications.filter(({ isDone }) => isDone);
  const verified = [...run.verified.values()];
  return {
    id: run.record.id,
    startedAt: run.record.startedAt,
    cluster,
    to: target.is.name,
    asked,
    finishedAt: now,
    applications: [...planned, ...unusableOnes].sort((a, b) => (a.application < b.application ? -1 : 1)),
    leftOut,
    verified: {
      byDryRun: sum(verified.map(({ compared }) => compared)) + sum(untouched.map((each) => each.comparedByDryRun)),
      byMetadata: sum(untouched.map(({ counts, comparedByDryRun }) => counts.unchanged - comparedByDryRun)),
      unknown: sum(verified.map(({ unknown }) => unknown)),
    },
  };
}

function isRestoredNow({ restoration, isDone }: PlannedApplication, { outcomes }: RestoreRun): boolean {
  const outcome = outcomes.get(restoration.name);
  return isDone || (outcome !== undefined && 'synced' in outcome && problemOf(outcome) === '');
}

/** Who did not arrive of those that bring what an application needs. */
function dependenciesOf(
  { restoration }: PlannedApplication,
  { order }: RestorePlan,
  failed: ReadonlySet<string>,
): readonly string[] {
  const needed = order.edges.filter(
    ({ after, why }) => after === restoration.name && (why === 'kind' || why === 'namespace'),
  );
  return needed.map(({ before }) => before).filter((name) => failed.has(name));
}

function entryOf(planned: PlannedApplication, run: RestoreRun, missing: readonly string[]): RestoredApplication {
  const { restoration, isBlocked, isDone, leftOver } = planned;
  const { name, snapshot, isOlder, notRestored, warnings } = restoration;
  const outcome = run.outcomes.get(name);
  const message = isBlocked ? planned.blocked.map(describeBlocked).join('; ') : problemOf(outcome);
  const because = message === '' || missing.length === 0 ? '' : `it needs ${missing.join(', ')}, not restored either: `;
  return {
    application: name,
    snapshot: snapshot.name,
    outcome: outcomeOf(planned, message),
    message: because + message,
    ...(isOlder && !isBlocked ? { pinned: true } : {}),
    counts: isDone ? { unchanged: planned.counts.unchanged } : countsOf(outcome),
    notRestored,
    warnings,
    differences: run.verified.get(name)?.differences ?? (isDone ? leftOver : []),
  };
}

function outcomeOf({ isBlocked, isDone }: PlannedApplication, message: string): RestoreOutcome {
  if (isBlocked) return 'blocked';
  if (isDone) return 'unchanged';
  return message === '' ? 'restored' : 'failed';
}

function problemOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'it was not tried';
  if ('failed' in outcome) return outcome.failed;
  const { operation } = outcome.synced.head;
  return operation === undefined || operation.phase === 'Succeeded' ? '' : operation.message;
}

function countsOf(outcome: Outcome | undefined): RestoredApplication['counts'] {
  return outcome !== undefined && 'synced' in outcome ? countActions(outcome.synced.results) : {};
}

/** Why an object, or all of an application, cannot be restored; in one line that names the object once. */
function describeBlocked({ ref, reason }: Blocked): string {
  if (ref === undefined) return reason;
  const subject = `${formatRef(ref)}: `;
  return reason.startsWith(subject) ? reason : subject + reason;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
