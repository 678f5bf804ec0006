import { Command } from 'commander';
import { adviceOf } from '../../shared/errors.ts';
import { formatUnpinned, unpinnedRecord } from '../output/pin-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb unpin`: lets an application go on with Git. */
export function unpinCommand(act: Act): Command {
  return new Command('unpin')
    .argument('<APP>', 'application')
    .summary('let an application that was rolled back go on with Git')
    .description(
      'Ends the pin of an application and accepts again what was refused. Only the state is changed:\n' +
        'the next plumb sync, or plumb serve or an installation by itself, goes on with what Git says then.',
    )
    .addHelpText('after', examples(['plumb unpin shop', 'plumb unpin shop -o json']))
    .action(act(unpin));
}

const unpin: Run<object> = async (session, { names: [name = ''] }) => {
  const { unpinApplication } = await import('../../shared/workflows/rollback/unpin.ts');
  const unpinned = await unpinApplication(name, session.ports());
  const installation = await tellInstallation(session, name);
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table'
      ? formatUnpinned(unpinned, { colours, installation })
      : await formatData(unpinnedRecord(unpinned), options.output),
  );
  return exitCodes.ok;
};

/** Where an installation goes on with Git, which: it looks at once where it can be asked to, and else when it would have. */
async function tellInstallation(session: Session, application: string): Promise<string | undefined> {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return undefined;
  const { askToFollow } = await import('../installation/follow-application.ts');
  try {
    await askToFollow(application, 'git', steering);
  } catch (error) {
    const message = `the installation could not be asked to look at once: ${adviceOf(error)}`;
    session.progress.report({ type: 'notice', level: 'warning', application, message });
  }
  return steering.installation.id;
}
