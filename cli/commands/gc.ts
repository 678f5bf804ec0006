import { Command, Option } from 'commander';
import { adviceOf, PlumbError } from '../../shared/errors.ts';
import { mostSnapshots, standardRetention } from '../../shared/plan/retention.ts';
import type { GarbageOutcome } from '../../shared/workflows/garbage/collect-garbage.ts';
import { parseLongDurationOption } from '../duration.ts';
import { formatGarbage, garbageRecord } from '../output/garbage-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, parseCount, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly keepLast: number; readonly keepWithin: number; readonly dryRun?: boolean };

/** `plumb gc`: removes old snapshots, and renders that nothing refers to. */
export function gcCommand(act: Act): Command {
  return new Command('gc')
    .summary('remove old snapshots and what nothing refers to')
    .description(
      'Removes snapshots that are neither among the newest nor young, and renders that nothing refers to any more.\n' +
        'It may run beside syncs. What it removes can be had back for a day; what a rollback would take is never removed.',
    )
    .option('--keep-last <N>', 'snapshots of each application that stay', parseKeepLast, standardRetention.keepLast)
    .addOption(
      new Option('--keep-within <DURATION>', 'younger snapshots stay as well')
        .argParser(parseLongDurationOption)
        .default(standardRetention.keepWithinMs, '30d'),
    )
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', examples(['plumb gc --dry-run', 'plumb gc', 'plumb gc --keep-last 50 --keep-within 90d']))
    .action(act(gc));
}

function parseKeepLast(text: string): number {
  const count = parseCount(text);
  if (count <= mostSnapshots) return count;
  throw new PlumbError(
    'usage',
    `--keep-last ${text}: no more than ${mostSnapshots} snapshots of an application are kept`,
  );
}

const gc: Run<Flags> = async (session, { flags }) => {
  const { keepLast, keepWithin: keepWithinMs, dryRun = false } = flags;
  const { collectGarbage } = await import('../../shared/workflows/garbage/collect-garbage.ts');
  const outcome = await collectGarbage({ policy: { keepLast, keepWithinMs }, dryRun }, session.ports());
  warn(session, outcome);
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table'
      ? formatGarbage(outcome, { isDryRun: dryRun, colours })
      : await formatData(garbageRecord(outcome, dryRun), options.output),
  );
  return outcome.unreadable.length > 0 ? exitCodes.error : exitCodes.ok;
};

function warn({ progress }: Session, outcome: GarbageOutcome): void {
  const { missingSnapshots, skipped, unreadable, blocked } = outcome;
  const notices = [
    ...skipped.map(({ application, why }) => ({ application, message: `left for the next time: ${why}` })),
    ...missingSnapshots.map(({ application, name }) => ({ application, message: `snapshot ${name} is gone` })),
    ...unreadable.map(({ error }) => ({ message: adviceOf(error) })),
    ...(blocked ? [{ message: 'no render was removed: what could not be read may refer to any of them' }] : []),
  ];
  for (const notice of notices) progress.report({ type: 'notice', level: 'warning', ...notice });
}
