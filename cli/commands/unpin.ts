import { Command } from 'commander';
import { formatUnpinned, unpinnedRecord } from '../output/pin-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb unpin`: lets an application go on with Git. */
export function unpinCommand(act: Act): Command {
  return new Command('unpin')
    .argument('<APP>', 'application')
    .summary('let an application that was rolled back go on with Git')
    .description(
      'Ends the pin of an application and accepts again what was refused. Only the state is changed:\n' +
        'the next plumb sync, or plumb serve by itself, goes on with what Git says then.',
    )
    .addHelpText('after', examples(['plumb unpin shop', 'plumb unpin shop -o json']))
    .action(act(unpin));
}

const unpin: Run<object> = async (session, { names: [name = ''] }) => {
  const { unpinApplication } = await import('../../shared/workflows/rollback/unpin.ts');
  const unpinned = await unpinApplication(name, session.ports());
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table'
      ? formatUnpinned(unpinned, colours)
      : await formatData(unpinnedRecord(unpinned), options.output),
  );
  return exitCodes.ok;
};
