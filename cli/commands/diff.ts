import { Command } from 'commander';
import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import { chooseApplication } from '../choose-applications.ts';
import { loadDeclarations } from '../load-declarations.ts';
import { coloursFor } from '../output/colours.ts';
import { diffRecord, formatDiff, formatDiffSummary, formatUnknown } from '../output/diff-view.ts';
import { formatData } from '../output/write-data.ts';
import { resourceOption, revisionOption } from '../resource-option.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly revision?: string; readonly resource?: readonly string[] };

/** `plumb diff`: what a sync would change, by the API server's own dry run. */
export function diffCommand(act: Act): Command {
  return new Command('diff')
    .argument('[APP]', 'application; may be left out when only one is declared')
    .summary('show what a sync would change')
    .description(
      'Compares Git with the cluster by server-side dry run and prints a unified diff. Secret values are masked.\n' +
        'Exit code: 0 no difference, 1 a difference, 2 an error or an object that could not be compared.',
    )
    .addOption(revisionOption())
    .addOption(resourceOption())
    .addHelpText(
      'after',
      examples([
        'plumb diff shop -f apps/',
        'plumb diff shop -f apps/ --revision my-branch',
        'plumb diff shop -f apps/ --resource apps:Deployment:*',
      ]),
    )
    .action(act(diff));
}

const diff: Run<Flags> = async (session, { names, flags }) => {
  const chosen = chooseApplication(await loadDeclarations(session), names[0]);
  const { diffApplication } = await import('../../shared/workflows/diff.ts');
  const { resource: resources = [], ...revision } = flags;
  const found = await diffApplication({ ...chosen, ...revision, resources }, session.ports());
  session.progress.close();
  await printDiff(session, found);
  if (found.unknown.length > 0) return exitCodes.error;
  return found.differences.length > 0 ? exitCodes.difference : exitCodes.ok;
};

async function printDiff({ options, shell, colours }: Session, found: ApplicationDiff): Promise<void> {
  if (options.output !== 'table') return shell.writeOut(await formatData(diffRecord(found), options.output));
  shell.writeOut(formatDiff(found, colours));
  const errColours = coloursFor(shell.env, shell.errIsTerminal);
  shell.writeErr(formatUnknown(found, errColours));
  if (options.quiet !== true) shell.writeErr(formatDiffSummary(found, errColours));
}
