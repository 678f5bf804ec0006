import { Command } from 'commander';
import type { Unpinned } from '../../shared/workflows/rollback/unpin.ts';
import type { Steering } from '../installation/steering.ts';
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
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  const unpinned = await (steering === undefined ? unpinHere(session, name) : unpinThere(session, name, steering));
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table'
      ? formatUnpinned(unpinned, { colours, installation: steering?.installation.id })
      : await formatData(unpinnedRecord(unpinned), options.output),
  );
  return exitCodes.ok;
};

async function unpinHere(session: Session, name: string): Promise<Unpinned> {
  const { unpinApplication } = await import('../../shared/workflows/rollback/unpin.ts');
  return unpinApplication(name, session.ports());
}

async function unpinThere(session: Session, name: string, steering: Steering): Promise<Unpinned> {
  const { steerUnpin } = await import('../installation/steer-unpin.ts');
  return steerUnpin(name, steering, session.shell.interruption());
}
