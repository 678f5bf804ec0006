import { Command } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import { chooseApplication } from '../choose-applications.ts';
import { loadDeclarations } from '../load-declarations.ts';
import { coloursFor } from '../output/colours.ts';
import { diffRecord, formatDiff, formatDiffSummary, formatUnknown } from '../output/diff-view.ts';
import { formatData } from '../output/write-data.ts';
import { resourceOption, revisionOption } from '../resource-option.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { diffFromSnapshot, type SnapshotFlags } from './diff-from-snapshot.ts';
import { examples } from './examples.ts';

type Flags = Partial<SnapshotFlags>;

/** `plumb diff`: what a sync would change, by the API server's own dry run; or how something differs from a snapshot. */
export function diffCommand(act: Act): Command {
  return new Command('diff')
    .argument('[APP]', 'application; may be left out when only one is declared')
    .summary('show what a sync would change, or what changed since a snapshot')
    .description(
      'Compares Git with the cluster by server-side dry run and prints a unified diff. Secret values are masked.\n' +
        'With --from, shows how the cluster, Git or another snapshot differs from a snapshot.\n' +
        'Exit code: 0 no difference, 1 a difference, 2 an error or an object that could not be compared.',
    )
    .option('--from <SNAPSHOT>', 'start from a snapshot: its name, the beginning of it, or its revision')
    .option('--to <SNAPSHOT>', 'with --from: another snapshot, live (the cluster; default) or git')
    .addOption(revisionOption())
    .addOption(resourceOption())
    .addHelpText(
      'after',
      examples([
        'plumb diff shop -f apps/',
        'plumb diff shop -f apps/ --revision my-branch',
        'plumb diff shop -f apps/ --resource apps:Deployment:*',
        'plumb diff shop --from 3f2a1bc',
        'plumb diff shop --from 3f2a1bc --to 20261123-14',
        'plumb diff shop -f apps/ --from 3f2a1bc --to git',
      ]),
    )
    .action(act(diff));
}

const diff: Run<Flags> = async (session, { names, flags }) => {
  const { from, to } = flags;
  if (to !== undefined && from === undefined) {
    throw new PlumbError('usage', '--to was given without --from', {
      hint: 'name the snapshot to start from with --from; without both, the cluster is compared with Git',
    });
  }
  const found =
    from === undefined
      ? await diffFromLive(session, names[0], flags)
      : await diffFromSnapshot(session, names[0], { ...flags, from });
  session.progress.close();
  await printDiff(session, found);
  if (found.unknown.length > 0) return exitCodes.error;
  return found.differences.length > 0 ? exitCodes.difference : exitCodes.ok;
};

async function diffFromLive(session: Session, name: string | undefined, flags: Flags): Promise<ApplicationDiff> {
  const chosen = chooseApplication(await loadDeclarations(session), name);
  const { diffApplication } = await import('../../shared/workflows/compare/diff.ts');
  const { resource: resources = [], revision } = flags;
  return diffApplication({ ...chosen, ...(revision === undefined ? {} : { revision }), resources }, session.ports());
}

async function printDiff({ options, shell, colours }: Session, found: ApplicationDiff): Promise<void> {
  if (options.output !== 'table') return shell.writeOut(await formatData(diffRecord(found), options.output));
  shell.writeOut(formatDiff(found, colours));
  const errColours = coloursFor(shell.env, shell.errIsTerminal);
  shell.writeErr(formatUnknown(found, errColours));
  if (options.quiet !== true) shell.writeErr(formatDiffSummary(found, errColours));
}
