import { Command, Option } from 'commander';
import type { RollbackOutcome, RollbackRequest } from '../../shared/workflows/rollback/rollback.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, reportFailure, type Session } from '../session.ts';
import { addPruneOptions, addWaitOptions, exitCodeOfSync, type SyncFlags, toSyncSettings } from '../sync-options.ts';
import { examples } from './examples.ts';

type Flags = SyncFlags & { readonly untilUnpinned?: boolean; readonly secrets?: 'current' | 'as-of-snapshot' };

/** `plumb rollback`: pins an application to what was deployed before, with automated sync still on. */
export function rollbackCommand(act: Act): Command {
  const command = new Command('rollback')
    .argument('<APP>', 'application')
    .argument('[SNAPSHOT]', 'its name, the beginning of it, or its revision; default: the newest good one before this')
    .summary('go back to what was deployed before')
    .description(
      'Pins an application to a snapshot and makes the cluster equal to it, byte for byte. Git is neither asked nor\n' +
        'changed. The pin ends when Git moves on from what was taken back, or with plumb unpin.\n' +
        'Without -f and --control the application is taken as its newest snapshot has it.\n' +
        'Exit code: 0 rolled back, 1 it failed or did not become healthy in time, 2 an error before anything was applied.',
    )
    .option('--until-unpinned', 'stay there whatever Git does, until plumb unpin')
    .addOption(
      new Option('--secrets <VERSIONS>', 'which versions of its secrets to read')
        .choices(['current', 'as-of-snapshot'])
        .default('current'),
    );
  return addWaitOptions(addPruneOptions(command))
    .addHelpText(
      'after',
      examples([
        'plumb rollback shop',
        'plumb rollback shop 3f2a1bc --wait',
        'plumb rollback shop --until-unpinned',
        'plumb rollback shop -f apps/ --prune',
        'plumb rollback shop --secrets=as-of-snapshot',
      ]),
    )
    .action(act(rollback));
}

const rollback: Run<Flags> = async (session, { names: [name = '', snapshot], flags }) => {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return rollBackHere(session, { name, snapshot, flags });
  const { steerRollback } = await import('../installation/steer-rollback.ts');
  return steerRollback(session, steering, { name, snapshot, flags });
};

type Asked = { readonly name: string; readonly snapshot: string | undefined; readonly flags: Flags };

async function rollBackHere(session: Session, { name, snapshot, flags }: Asked): Promise<number> {
  const { findKnownApplication } = await import('../find-known-application.ts');
  const chosen = await findKnownApplication(session, name);
  const signal = session.shell.interruption();
  const request: RollbackRequest = {
    ...chosen,
    signal,
    ...toSyncSettings(flags),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(flags.untilUnpinned === true ? { until: 'unpinned' } : {}),
    ...(flags.secrets === 'as-of-snapshot' ? { secrets: flags.secrets } : {}),
  };
  try {
    const outcome = await runRollback(session, request);
    return signal.aborted ? exitCodes.interrupted : exitCodeOfSync(outcome, request);
  } catch (error) {
    if (!signal.aborted) throw error;
    reportFailure(session, error, name);
    return exitCodes.interrupted;
  }
}

async function runRollback(session: Session, request: RollbackRequest): Promise<RollbackOutcome> {
  const { rollbackApplication } = await import('../../shared/workflows/rollback/rollback.ts');
  const { progress, options, shell, colours } = session;
  const ports = session.ports();
  const startedAt = ports.clock.now().getTime();
  const outcome = await rollbackApplication(request, ports);
  const ms = ports.clock.now().getTime() - startedAt;
  progress.finish(request.application.name);
  if (options.output === 'table') progress.print(`${formatSummary(outcome, ms, colours)}\n`);
  progress.close();
  if (options.output !== 'table') shell.writeOut(await formatData(syncRecord(outcome, ms), options.output));
  return outcome;
}
