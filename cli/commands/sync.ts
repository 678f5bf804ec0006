import { Command } from 'commander';
import type { SyncOutcome, SyncRequest } from '../../shared/model/sync-request.ts';
import type { Ports } from '../../shared/ports.ts';
import { type Chosen, chooseApplications } from '../choose-applications.ts';
import { parseDurationOption } from '../duration.ts';
import { inParallel } from '../in-parallel.ts';
import { loadDeclarations } from '../load-declarations.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { formatData } from '../output/write-data.ts';
import { resourceOption, revisionOption } from '../resource-option.ts';
import { type Act, exitCodes, type Run, reportFailure, type Session } from '../session.ts';
import { examples } from './examples.ts';
import { previewSync } from './sync-preview.ts';

type Flags = {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly approvePrune?: boolean;
  readonly revision?: string;
  readonly resource?: readonly string[];
  readonly wait?: boolean;
  readonly timeout?: number;
};

const defaultTimeoutMs = 300_000;
const applicationsAtOnce = 10;

/** `plumb sync`: makes clusters equal to Git. */
export function syncCommand(act: Act): Command {
  return new Command('sync')
    .argument('[APP...]', 'applications; may be left out when only one is declared')
    .summary('make the cluster equal to Git')
    .description(
      'Applies what Git wants, wave by wave, and prunes what left Git if the policy or --prune says so.\n' +
        'Exit code: 0 synced, 1 a sync failed or did not become healthy in time, 2 an error before anything was applied.',
    )
    .option('--all', 'all applications that are declared')
    .option('--dry-run', 'only say what would happen')
    .option('--prune', 'delete objects that left Git; default: what syncPolicy.automated.prune says')
    .option('--no-prune', 'delete nothing')
    .option('--approve-prune', 'also when that is more than half of the objects, all of them, or CRDs')
    .addOption(revisionOption())
    .addOption(resourceOption())
    .option('--wait', 'wait until all objects are healthy')
    .option(
      '--timeout <DURATION>',
      'how long a wave, and with --wait the whole, may take to become healthy (default: 5m for --wait, 15m a wave)',
      parseDurationOption,
    )
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
  const chosen = chooseApplications(await loadDeclarations(session), names, flags.all === true);
  if (chosen.length > 1) session.progress.nameApplications();
  if (flags.dryRun === true) return previewSync(session, chosen, flags);
  const signal = session.shell.interruption();
  const records = await inParallel(chosen, applicationsAtOnce, (each) =>
    syncOne(session, toRequest(each, flags, signal)),
  );
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
};

function toRequest({ application, project, parent }: Chosen, flags: Flags, signal: AbortSignal): SyncRequest {
  const { prune, approvePrune, revision, resource, wait, timeout } = flags;
  return {
    application,
    project,
    reason: 'manual',
    signal,
    ...(parent === undefined ? {} : { parent }),
    ...(prune === undefined ? {} : { prune }),
    ...(approvePrune === undefined ? {} : { approvePrune }),
    ...(revision === undefined ? {} : { revision }),
    ...(resource === undefined ? {} : { resources: resource }),
    ...(wait === true ? { waitMs: timeout ?? defaultTimeoutMs } : {}),
    ...(timeout === undefined ? {} : { waveTimeoutMs: timeout }),
  };
}

type Ended = { readonly exitCode: number; readonly record?: object };

/** One application's failure does not keep the others from their sync. */
async function syncOne(session: Session, request: SyncRequest): Promise<Ended> {
  const { name } = request.application;
  const ports = session.ports();
  const startedAt = ports.clock.now().getTime();
  try {
    const outcome = await runSync(request, ports);
    const ms = ports.clock.now().getTime() - startedAt;
    session.progress.finish(name);
    if (session.options.output === 'table') session.progress.print(`${formatSummary(outcome, ms, session.colours)}\n`);
    return { exitCode: exitCodeOf(outcome, request), record: syncRecord(outcome, ms) };
  } catch (error) {
    session.progress.finish(name);
    reportFailure(session, error, name);
    return { exitCode: exitCodes.error };
  }
}

async function runSync(request: SyncRequest, ports: Ports): Promise<SyncOutcome> {
  const { syncApplication } = await import('../../shared/workflows/sync.ts');
  return syncApplication(request, ports);
}

function exitCodeOf({ head }: SyncOutcome, { waitMs }: SyncRequest): number {
  const isUnhealthy = waitMs !== undefined && head.health.code !== 'Healthy';
  return head.operation?.phase === 'Failed' || isUnhealthy ? exitCodes.failed : exitCodes.ok;
}
