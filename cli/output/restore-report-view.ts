import {
  isRestored,
  type RestoreDifference,
  type RestoredApplication,
  type RestoreReport,
} from '../../shared/model/restore.ts';
import type { RestorePlan } from '../../shared/workflows/restore/plan-restore.ts';
import { formatElapsed } from '../duration.ts';
import type { Colours } from './colours.ts';
import { describeRemark, gatherReasons, type SaidBefore } from './gather-reasons.ts';
import { saidInPlan } from './restore-view.ts';

type Looks = { readonly colours: Colours; readonly verbose: boolean; readonly ms: number };
type Planned = Pick<RestorePlan, 'applications'>;

/** What a restore came to: who failed and why, what differs, and a last line for all of it. What the plan has said is not said again. */
export function formatReport(report: RestoreReport, plan: Planned, looks: Looks): string {
  const { colours } = looks;
  const said = saidInPlan(plan);
  const failed = report.applications.filter(({ outcome }) => outcome === 'failed');
  const lines = (name: string, of: (each: RestoredApplication) => readonly string[]): readonly string[] =>
    report.applications.flatMap((each) => of(each).map((line) => `${name} ${each.application}: ${line}\n`));
  return [
    ...failed.map((each) => `${colours.red('failed:')} ${each.application}: ${failureOf(each, plan)}\n`),
    ...lines(colours.yellow('differs:'), (each) => differing(each, looks)),
    ...lines(colours.magenta('unknown:'), (each) => unknown(each, { said, looks })),
    verdictOf(report, looks),
  ].join('');
}

/** A failure names its first object; where the plan has named that, the number is enough. */
function failureOf({ application, message }: RestoredApplication, { applications }: Planned): string {
  const blocked = applications.find(({ restoration }) => restoration.name === application)?.blocked ?? [];
  const [count = '', first] = message.split('; first: ');
  return first !== undefined && blocked.some(({ reason }) => reason === first)
    ? `${count}, as was blocked above`
    : message;
}

/** Fields are told of each object; what is missing or left over is gathered. */
function differing({ differences }: RestoredApplication, { verbose }: Looks): readonly string[] {
  const known = differences.filter((each) => each.unknown !== true);
  const fields = known.filter(({ message }) => message === undefined);
  return [...gatherReasons(remarks(known), verbose), ...fields.map(describeFields)];
}

function unknown(
  { application, differences }: RestoredApplication,
  { said, looks }: { readonly said: SaidBefore; readonly looks: Looks },
): readonly string[] {
  const missed = remarks(differences.filter((each) => each.unknown === true));
  return gatherReasons(
    missed.filter((remark) => !said.has(application, remark)),
    looks.verbose,
  );
}

function remarks(differences: readonly RestoreDifference[]) {
  return differences.flatMap(({ ref, message }) => (message === undefined ? [] : [{ ref, reason: message }]));
}

const shownFields = 5;

function describeFields({ ref, fields }: RestoreDifference): string {
  const more = fields.length > shownFields ? ` and ${fields.length - shownFields} more` : '';
  return describeRemark({ ref, reason: fields.slice(0, shownFields).join(', ') + more });
}

const outcomes = ['restored', 'unchanged', 'failed', 'blocked'] as const;

function verdictOf(report: RestoreReport, { colours, ms }: Looks): string {
  const { applications, cluster, to, verified } = report;
  const counts = outcomes.flatMap((outcome) => {
    const count = applications.filter((each) => each.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const { byDryRun, byMetadata } = verified;
  const total = byDryRun + byMetadata + verified.unknown;
  const place = cluster === to ? cluster : `${cluster} to ${to}`;
  const verdict = isRestored(report) ? colours.green('Restored') : colours.red('Not restored');
  return [
    `${colours.bold(place)}: ${verdict}: ${counts.join(', ')} in ${formatElapsed(ms)}; `,
    `of ${total} objects ${comparisonOf(report)} (${byDryRun} by dry run, ${byMetadata} as last seen)\n`,
  ].join('');
}

/** What could not be compared is no difference, and no agreement either. */
function comparisonOf({ applications, verified }: RestoreReport): string {
  const all = applications.flatMap(({ differences }) => differences);
  const differing = all.filter((each) => each.unknown !== true).length;
  const parts = [
    ...(differing === 0 ? [] : [`${differing} ${differing === 1 ? 'differs' : 'differ'}`]),
    ...(verified.unknown === 0 ? [] : [`${verified.unknown} could not be compared`]),
  ];
  return parts.length === 0 ? 'none differs' : parts.join(', ');
}
