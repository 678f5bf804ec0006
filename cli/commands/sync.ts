import { Command } from 'commander';
import type { SyncOutcome, SyncRequest } from '../../shared/model/sync-request.ts';
import type { Ports } from '../../shared/ports.ts';
import { inParallel } from '../../shared/workflows/in-parallel.ts';
import { type Chosen, chooseApplications } from '../choose-applications.ts';
import { loadDeclarations } from '../load-declarations.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { formatData } from '../output/write-data.ts';
import { resourceOption, revisionOption } from '../resource-option.ts';
import { type Act, exitCodes, type Run, reportFailure, type Session } from '../session.ts';
import { addPruneOptions, addWaitOptions, exitCodeOfSync, type SyncFlags, toSyncSettings } from '../sync-options.ts';
import { examples } from './examples.ts';

type Flags = SyncFlags & {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly revision?: string;
  readonly resource?: readonly string[];
};

const applicationsAtOnce = 10;

/** `plumb sync`: makes clusters equal to Git. */
export function syncCommand(act: Act): Command {
  const command = new Command('sync')
    .argument('[APP...]', 'applications; may be left out when only one is declared')
    .summary('make the cluster equal to Git')
    .description(
      'Applies what Git wants, wave by wave, and prunes what left Git if the policy or --prune says so.\n' +
        'An application that a rollback has pinned is kept at its snapshot: see plumb rollback.\n' +
        'Exit code: 0 synced, 1 a sync failed, did not become healthy in time or went back by itself,\n' +
        '2 an error before anything was applied.',
    )
    .option('--all', 'all applications that are declared')
    .option('--dry-run', 'only say what would happen');
  return addWaitOptions(addPruneOptions(command).addOption(revisionOption()).addOption(resourceOption()))
    .addHelpText(
      'after',
      examples([
        'plumb sync shop -f apps/ --wait',
        'plumb sync --all --control https://git.example/team/control.git#main:apps',
        'plumb sync shop -f apps/ --resource apps:Deployment:web --prune --dry-run',
      ]),
    )
    .action(act(sync));
}

const sync: Run<Flags> = async (session, { names, flags }) => {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return syncHere(session, names, flags);
  const { isForHere, steerSync } = await import('../installation/steer-sync.ts');
  return isForHere(session, flags) ? syncHere(session, names, flags) : steerSync(session, steering, { names, flags });
};

async function syncHere(session: Session, names: readonly string[], flags: Flags): Promise<number> {
  const chosen = chooseApplications(await loadDeclarations(session), names, flags.all === true);
  if (chosen.length > 1) session.progress.nameApplications();
  if (flags.dryRun === true) return (await import('./sync-preview.ts')).previewSync(session, chosen, flags);
  const signal = session.shell.interruption();
  const records = await syncGenerations(session, chosen, { flags, signal });
  session.progress.close();
  const { output } = session.options;
  if (output !== 'table')
    session.shell.writeOut(
      await formatData(
        records.flatMap(({ record }) => record ?? []),
        output,
      ),
    );
  if (signal.aborted) return exitCodes.interrupted;
  return Math.max(...records.map(({ exitCode }) => exitCode));
}

type Asked = { readonly flags: Flags; readonly signal: AbortSignal };

/** With --all, what the synced applications declare comes next, until they declare nothing new. */
async function syncGenerations(
  session: Session,
  chosen: readonly Chosen[],
  { flags, signal }: Asked,
): Promise<readonly Ended[]> {
  const records: Ended[] = [];
  const synced = new Set<string>();
  for (let generation = chosen; generation.length > 0; ) {
    records.push(
      ...(await inParallel(generation, applicationsAtOnce, (each) => syncOne(session, toRequest(each, flags, signal)))),
    );
    if (flags.all !== true || signal.aborted) break;
    for (const { application } of generation) synced.add(application.name);
    const declared = await loadDeclarations({ ...session, progress: { report: () => {} } });
    generation = chooseApplications(declared, [], true).filter(({ application }) => !synced.has(application.name));
    if (generation.length > 0) session.progress.nameApplications();
  }
  return records;
}

function toRequest({ application, project, parent }: Chosen, flags: Flags, signal: AbortSignal): SyncRequest {
  const { revision, resource } = flags;
  return {
    application,
    project,
    reason: 'manual',
    signal,
    ...(parent === undefined ? {} : { parent }),
    ...(revision === undefined ? {} : { revision }),
    ...(resource === undefined ? {} : { resources: resource }),
    ...toSyncSettings(flags),
  };
}

type Ended = { readonly exitCode: number; readonly record?: object };

/** One application's failure does not keep the others from their sync. */
async function syncOne(session: Session, request: SyncRequest): Promise<Ended> {
  const { name } = request.application;
  const ports = session.ports();
  try {
    const { outcome, ms } = await timed(ports, () => runSync(request, ports));
    const record = tell(session, outcome, ms);
    const back = await timed(ports, () => goBackIfAsked(request, outcome, ports));
    if (back.outcome === undefined) return { exitCode: exitCodeOfSync(outcome, request), record };
    const rollback = tell(session, back.outcome, back.ms);
    return { exitCode: exitCodes.failed, record: { ...record, rollback } };
  } catch (error) {
    session.progress.finish(name);
    reportFailure(session, error, name);
    return { exitCode: exitCodes.error };
  }
}

async function timed<Outcome>(
  { clock }: Ports,
  work: () => Promise<Outcome>,
): Promise<{ readonly outcome: Outcome; readonly ms: number }> {
  const startedAt = clock.now().getTime();
  const outcome = await work();
  return { outcome, ms: clock.now().getTime() - startedAt };
}

function tell({ progress, options, colours }: Session, outcome: SyncOutcome, ms: number): object {
  progress.finish(outcome.head.application);
  if (options.output === 'table') progress.print(`${formatSummary(outcome, ms, colours)}\n`);
  return syncRecord(outcome, ms);
}

async function runSync(request: SyncRequest, ports: Ports): Promise<SyncOutcome> {
  const { syncApplication } = await import('../../shared/workflows/sync/sync.ts');
  return syncApplication(request, ports);
}

async function goBackIfAsked(
  request: SyncRequest,
  { head }: SyncOutcome,
  ports: Ports,
): Promise<SyncOutcome | undefined> {
  const { rollbackIfAsked } = await import('../../shared/workflows/rollback/auto-rollback.ts');
  return rollbackIfAsked(request, head, ports);
}
