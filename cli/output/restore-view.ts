import { formatRef, type ObjectRef } from '../../shared/model/object-ref.ts';
import {
  isRestored,
  type NotRestored,
  type RestoreDifference,
  type RestoredApplication,
  type RestoreReport,
  type RestoreWarning,
} from '../../shared/model/restore.ts';
import type { PlannedApplication } from '../../shared/workflows/restore/plan-application.ts';
import type { RestorePlan } from '../../shared/workflows/restore/plan-restore.ts';
import { describeBlocked } from '../../shared/workflows/restore/report-restore.ts';
import { formatElapsed } from '../duration.ts';
import type { Colours } from './colours.ts';
import { formatTable } from './table.ts';

type Looks = { readonly colours: Colours; readonly verbose: boolean };

const titles = ['APPLICATION', 'SNAPSHOT', 'CREATE', 'CONFIGURE', 'UNCHANGED', 'PRUNE', 'BLOCKED', 'NOTE'];

/** What a restore would do: a line for each application, then what is in the way, left out or to be looked at. */
export function formatPlan(plan: RestorePlan, { colours, verbose }: Looks): string {
  const rows = [...plan.applications.map((planned) => rowOf(planned, colours)), ...plan.unusable.map(unusableRow)];
  rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return [
    formatTable(
      titles.map((title) => colours.bold(title)),
      rows,
    ),
    ...blockedLines(plan, colours),
    ...plan.leftOut.map(({ application, reason }) => `${application}: not restored: ${reason}\n`),
    ...plan.applications.flatMap(({ restoration }) => (verbose ? changeLines(restoration.name, restoration) : [])),
    ...(verbose ? [] : changeSummary(plan, colours)),
  ].join('');
}

function rowOf({ restoration, counts, isBlocked, isDone }: PlannedApplication, colours: Colours): readonly string[] {
  const { name, snapshot, isOlder, isMove } = restoration;
  const { create, configure, unchanged, prune, blocked } = counts;
  const notes = [
    isBlocked ? colours.red('blocked') : isDone ? 'nothing to do' : '',
    isMove && !isBlocked ? `moved from ${restoration.newest.cluster.name}` : '',
    isOlder && !isBlocked ? 'pinned' : '',
  ];
  return [
    name,
    snapshot.name,
    ...[create, configure, unchanged, prune].map(String),
    blocked === 0 ? '0' : colours.red(String(blocked)),
    notes.filter((note) => note !== '').join(', '),
  ];
}

function unusableRow({ application }: RestorePlan['unusable'][number]): readonly string[] {
  return [application, '-', '-', '-', '-', '-', '-', 'blocked'];
}

function blockedLines({ applications, unusable }: RestorePlan, colours: Colours): readonly string[] {
  const lines = [
    ...applications.flatMap(({ restoration, blocked }) =>
      blocked.map((each) => `${restoration.name}: ${describeBlocked(each)}`),
    ),
    ...unusable.map(({ application, reason }) => `${application}: ${reason}`),
  ];
  return lines.map((line) => `${colours.red('blocked:')} ${line}\n`);
}

type Changes = { readonly notRestored: readonly NotRestored[]; readonly warnings: readonly RestoreWarning[] };

function changeLines(application: string, { notRestored, warnings }: Changes): readonly string[] {
  return [
    ...notRestored.map(
      ({ ref, field, reason }) =>
        `${application}: left behind: ${formatRef(ref)}${field === undefined ? '' : ` ${field}`}: ${reason}\n`,
    ),
    ...warnings.map(
      ({ ref, field, value, message }) =>
        `${application}: look at: ${formatRef(ref)} ${field} (${value}): ${message}\n`,
    ),
  ];
}

function changeSummary({ applications }: RestorePlan, colours: Colours): readonly string[] {
  const all = applications.map(({ restoration }) => restoration);
  const left = all.flatMap(({ notRestored }) => notRestored).length;
  const warnings = all.flatMap((each) => each.warnings).length;
  const parts = [
    ...(left === 0 ? [] : [`${left} objects and fields are bound to the other cluster and stay behind`]),
    ...(warnings === 0 ? [] : [`${warnings} fields still point to it`]),
  ];
  return parts.length === 0 ? [] : [`${colours.yellow('note:')} ${parts.join('; ')}: -v lists them\n`];
}

/** What a restore came to: who failed and why, what differs, and a last line for all of it. */
export function formatReport(
  report: RestoreReport,
  { colours, ms }: { readonly colours: Colours; readonly ms: number },
): string {
  const { applications, cluster, to, verified } = report;
  const problems = applications.filter(({ outcome }) => outcome === 'failed' || outcome === 'blocked');
  const differences = applications.flatMap((each) =>
    each.differences.map((difference) => ({ ...difference, of: each })),
  );
  const counts = outcomeWords.flatMap(([outcome, word]) => {
    const count = applications.filter((each) => each.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const total = verified.byDryRun + verified.byMetadata;
  const place = cluster === to ? cluster : `${cluster} to ${to}`;
  const verdict = isRestored(report) ? colours.green('Restored') : colours.red('Not restored');
  return [
    ...problems.map(
      ({ application, outcome, message }) => `${colours.red(`${outcome}:`)} ${application}: ${message}\n`,
    ),
    ...differences.map(
      ({ of, ...difference }) => `${colours.yellow('differs:')} ${of.application}: ${describe(difference)}\n`,
    ),
    `${colours.bold(place)}: ${verdict}: ${counts.join(', ')} in ${formatElapsed(ms)}; `,
    `of ${total} objects ${differences.length === 0 ? 'none differs' : `${differences.length} differ`}`,
    ` (${verified.byDryRun} by dry run, ${verified.byMetadata} as last seen)\n`,
  ].join('');
}

const outcomeWords = [
  ['restored', 'restored'],
  ['unchanged', 'unchanged'],
  ['failed', 'failed'],
  ['blocked', 'blocked'],
] as const;

const shownFields = 5;

function describe({ ref, fields, message }: RestoreDifference): string {
  const more = fields.length > shownFields ? ` and ${fields.length - shownFields} more` : '';
  return `${formatRef(ref)}: ${message ?? fields.slice(0, shownFields).join(', ') + more}`;
}

/** What `plumb restore cluster --dry-run -o json` prints; documented in docs/commands/restore.md. */
export function planRecord(plan: RestorePlan): object {
  const { cluster, target, asked, applications, unusable, leftOut, order, notices, isResumed } = plan;
  return {
    cluster,
    to: target.is.name,
    asked,
    resumed: isResumed,
    layers: order.layers,
    applications: [
      ...applications.map(plannedRecord),
      ...unusable.map(({ application, reason }) => ({ application, snapshot: null, blocked: [{ reason }] })),
    ],
    leftOut,
    notices,
  };
}

function plannedRecord({ restoration, counts, blocked, isDone }: PlannedApplication): object {
  const { name, snapshot, isOlder, isMove, notRestored, warnings } = restoration;
  return {
    application: name,
    snapshot: snapshot.name,
    counts,
    done: isDone,
    moved: isMove,
    pinned: isOlder,
    blocked: blocked.map(({ ref, reason }) => ({ ...(ref === undefined ? {} : flat(ref)), reason })),
    notRestored: notRestored.map(({ ref, ...rest }) => ({ ...flat(ref), ...rest })),
    warnings: warnings.map(({ ref, ...rest }) => ({ ...flat(ref), ...rest })),
  };
}

/** What `plumb restore cluster -o json` prints. */
export function reportRecord(report: RestoreReport): object {
  return { ...report, applications: report.applications.map(restoredRecord), restored: isRestored(report) };
}

function restoredRecord({ differences, notRestored, warnings, ...rest }: RestoredApplication): object {
  return {
    ...rest,
    notRestored: notRestored.map(({ ref, ...each }) => ({ ...flat(ref), ...each })),
    warnings: warnings.map(({ ref, ...each }) => ({ ...flat(ref), ...each })),
    differences: differences.map(({ ref, ...each }) => ({ ...flat(ref), ...each })),
  };
}

function flat({ group, kind, namespace, name }: ObjectRef): ObjectRef {
  return { group, kind, namespace, name };
}
