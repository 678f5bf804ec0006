import { Argument, Command } from 'commander';
import { isRestored, type RestoreReport } from '../../shared/model/restore.ts';
import type { Ports } from '../../shared/ports.ts';
import type { RestorePlan, RestoreRequest } from '../../shared/workflows/restore/plan-restore.ts';
import { GatheredFailures } from '../output/gathered-failures.ts';
import { formatReport } from '../output/restore-report-view.ts';
import { formatPlan, planRecord, reportRecord, saidInPlan } from '../output/restore-view.ts';
import { formatData } from '../output/write-data.ts';
import { parsePastTime } from '../past-time.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly to?: string; readonly at?: string; readonly apps?: string; readonly dryRun?: boolean };

/** `plumb restore`: a cluster's applications from their snapshots, without Git. */
export function restoreCommand(act: Act): Command {
  return new Command('restore')
    .addArgument(new Argument('<WHAT>', 'what to restore').choices(['cluster']))
    .argument('<NAME>', 'the cluster, as plumb list shows it, or the URL of its API server')
    .summary('bring back the applications of a cluster from snapshots')
    .description(
      'Restores every application of a cluster from its newest good snapshot, in the order in which they need each other,\n' +
        'to the same cluster, emptied or not, or to another one; then compares all of it. Git and registries are not asked.\n' +
        'Exit code: 0 all is as in the snapshots, 1 something is blocked, failed, differs or is unknown, 2 an error before anything was changed.',
    )
    .option('--to <CLUSTER>', 'another cluster: a context or cluster of the kubeconfig, or the URL of its API server')
    .option('--at <TIME>', 'as it was at that time, or so long ago: 2026-11-23T14:50:00Z or 2h')
    .option('--apps <GLOB>', 'only these applications, such as shop-* or {web,api}')
    .option('--dry-run', 'only say what would happen')
    .addHelpText(
      'after',
      examples([
        'plumb restore cluster prod --dry-run',
        'plumb restore cluster prod',
        'plumb restore cluster prod --to standby',
        "plumb restore cluster prod --at 2h --apps 'shop-*'",
      ]),
    )
    .action(act(restore));
}

const restore: Run<Flags> = async (session, { names, flags }) => {
  const request = toRequest(names[1] ?? '', flags, session.ports().clock.now());
  const { openSteering } = await import('../installation/steering.ts');
  // To only look, nobody has to be asked.
  const steering = flags.dryRun === true ? undefined : await openSteering(session);
  if (steering === undefined) return restoreHere(session, request, flags);
  const { steerRestore } = await import('../installation/steer-restore.ts');
  return steerRestore(session, steering, request);
};

async function restoreHere(session: Session, request: RestoreRequest, flags: Flags): Promise<number> {
  const [{ planRestore }, { executeRestore }] = await Promise.all([
    import('../../shared/workflows/restore/plan-restore.ts'),
    import('../../shared/workflows/restore/execute-restore.ts'),
  ]);
  const ports = session.ports();
  const plan = await planRestore(request, ports);
  tellNotices(session, plan);
  if (flags.dryRun === true) return preview(session, plan);
  if (session.options.output === 'table') session.progress.print(formatPlan(plan, looksOf(session)));
  session.progress.nameApplications();
  const startedAt = ports.clock.now().getTime();
  const failures = gatherFailures(session, plan);
  const onRestored = (application: string): void => {
    failures?.flush(application);
    session.progress.finish(application);
  };
  const told: Ports = failures === undefined ? ports : { ...ports, reporter: failures };
  const report = await executeRestore(plan, told, { signal: session.shell.interruption(), onRestored });
  failures?.close();
  session.progress.close();
  if (report === undefined) return interrupted(session);
  await print(session, { report, plan, ms: ports.clock.now().getTime() - startedAt });
  return isRestored(report) ? exitCodes.ok : exitCodes.failed;
}

/** For people who did not ask for every object. */
function gatherFailures({ options, progress }: Session, plan: RestorePlan): GatheredFailures | undefined {
  if (options.output !== 'table' || options.verbose === true) return undefined;
  const print = (text: string): void => (options.quiet === true ? undefined : progress.print(text));
  return new GatheredFailures({ report: (each) => progress.report(each), print }, saidInPlan(plan));
}

function toRequest(cluster: string, { to, at, apps }: Flags, now: Date): RestoreRequest {
  return {
    cluster,
    ...(to === undefined ? {} : { to }),
    ...(at === undefined ? {} : { at: { text: at, time: parsePastTime('--at', at, now) } }),
    ...(apps === undefined ? {} : { apps }),
  };
}

function tellNotices({ progress }: Session, { notices, isResumed, before }: RestorePlan): void {
  const resumed = `going on with the restore that was begun at ${before?.record.startedAt}, with the same snapshots`;
  if (isResumed) progress.report({ type: 'notice', level: 'info', message: resumed });
  for (const message of notices) progress.report({ type: 'notice', level: 'warning', message });
}

async function preview(session: Session, plan: RestorePlan): Promise<number> {
  const { output } = session.options;
  session.progress.close();
  session.shell.writeOut(
    output === 'table' ? formatPlan(plan, looksOf(session)) : await formatData(planRecord(plan), output),
  );
  const isClear = plan.unusable.length === 0 && plan.applications.every(({ blocked }) => blocked.length === 0);
  return isClear ? exitCodes.ok : exitCodes.failed;
}

function looksOf({ colours, options }: Session): Parameters<typeof formatPlan>[1] {
  return { colours, verbose: options.verbose === true };
}

function interrupted({ shell }: Session): number {
  shell.writeErr('interrupted; the same command goes on from here\n');
  return exitCodes.interrupted;
}

type Ended = { readonly report: RestoreReport; readonly plan: RestorePlan; readonly ms: number };

async function print(session: Session, { report, plan, ms }: Ended): Promise<void> {
  const { output } = session.options;
  session.shell.writeOut(
    output === 'table'
      ? formatReport(report, plan, { ...looksOf(session), ms })
      : await formatData(reportRecord(report), output),
  );
}
