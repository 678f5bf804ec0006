import { formatRef, type ObjectRef } from '../../shared/model/object-ref.ts';
import {
  isRestored,
  type NotRestored,
  type RestoredApplication,
  type RestoreReport,
  type RestoreWarning,
} from '../../shared/model/restore.ts';
import type { PlannedApplication } from '../../shared/workflows/restore/plan-application.ts';
import type { RestorePlan } from '../../shared/workflows/restore/plan-restore.ts';
import type { Colours } from './colours.ts';
import { gatherReasons, SaidBefore } from './gather-reasons.ts';
import { formatTable } from './table.ts';

type Looks = { readonly colours: Colours; readonly verbose: boolean };

const titles = ['APPLICATION', 'SNAPSHOT', 'CREATE', 'CONFIGURE', 'UNCHANGED', 'PRUNE', 'BLOCKED', 'NOTE'];

/** What a restore would do: a line for each application, then what is in the way, left out or to be looked at. */
export function formatPlan(plan: RestorePlan, looks: Looks): string {
  const { colours } = looks;
  const rows = [...plan.applications.map((planned) => rowOf(planned, colours)), ...plan.unusable.map(unusableRow)];
  rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return [
    formatTable(
      titles.map((title) => colours.bold(title)),
      rows,
    ),
    ...blockedLines(plan, looks),
    ...plan.leftOut.map(({ application, reason }) => `${application}: not restored: ${reason}\n`),
    ...changeLines(plan, looks),
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

function blockedLines({ applications, unusable }: RestorePlan, { colours, verbose }: Looks): readonly string[] {
  const lines = [
    ...applications.flatMap(({ restoration, blocked }) =>
      gatherReasons(blocked, verbose).map((line) => `${restoration.name}: ${line}`),
    ),
    ...unusable.map(({ application, reason }) => `${application}: ${reason}`),
  ];
  return lines.map((line) => `${colours.red('blocked:')} ${line}\n`);
}

/** What the plan says of single objects, so that it is not said again. */
export function saidInPlan({ applications }: Pick<RestorePlan, 'applications'>): SaidBefore {
  const said = new SaidBefore();
  for (const { restoration, blocked } of applications) for (const each of blocked) said.add(restoration.name, each);
  return said;
}

/** So many fields to look at are listed without being asked for. */
const shownWarnings = 5;

/** What stays behind, and what still points to where it came from. */
function changeLines({ applications }: RestorePlan, { colours, verbose }: Looks): readonly string[] {
  const all = applications.map(({ restoration }) => restoration);
  const left = all.flatMap(({ name, notRestored }) => notRestored.map((each) => leftLine(name, each)));
  const warnings = all.flatMap((each) => each.warnings.map((warning) => warningLine(each.name, warning)));
  if (verbose) return [...left, ...warnings];
  const note = colours.yellow('note:');
  const areFew = warnings.length <= shownWarnings;
  const pointing = `${count(warnings.length, 'field')} ${warnings.length === 1 ? 'points' : 'point'} to AWS resources of the old cluster`;
  return [
    ...(left.length === 0
      ? []
      : [`${note} ${left.length} objects and fields are bound to the old cluster and stay behind: -v lists them\n`]),
    ...(warnings.length === 0 ? [] : [`${note} ${pointing}:${areFew ? '' : ' -v lists them'}\n`]),
    ...(areFew ? warnings : []),
  ];
}

function leftLine(application: string, { ref, field, reason }: NotRestored): string {
  return `${application}: left behind: ${formatRef(ref)}${field === undefined ? '' : ` ${field}`}: ${reason}\n`;
}

function warningLine(application: string, { ref, field, value, message }: RestoreWarning): string {
  return `${application}: look at: ${formatRef(ref)} ${field} (${value}): ${message}\n`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
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
