import { Command } from 'commander';
import { adviceOf, PlumbError } from '../../shared/errors.ts';
import { chooseApplication } from '../choose-applications.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import { formatHistory, type History, historyRecord } from '../output/history-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb history`: what was deployed when. */
export function historyCommand(act: Act): Command {
  return new Command('history')
    .argument('[APP]', 'application; may be left out when only one is declared')
    .summary('show what was deployed when')
    .description(
      'Lists the snapshots of an application, newest first. Only the state is read: nobody is asked.\n' +
        '* is what is deployed now. CHANGES is what the sync set out to do: objects added (+), changed (~) and removed (−).',
    )
    .addHelpText(
      'after',
      examples([
        'plumb history shop',
        'plumb history shop -f apps/',
        "plumb history shop -o json | jq -r '.snapshots[] | select(.good) | .name'",
      ]),
    )
    .action(act(showHistory));
}

const showHistory: Run<object> = async (session, { names }) => {
  const history = await findHistory(session, names[0]);
  session.progress.close();
  const { options, shell, colours } = session;
  if (options.output !== 'table') shell.writeOut(await formatData(historyRecord(history), options.output));
  else if (history.snapshots.length > 0)
    shell.writeOut(formatHistory(history, { now: session.ports().clock.now(), colours }));
  else shell.writeErr(`${history.application} has no snapshots.\n`);
  return exitCodes.ok;
};

/** Declarations are read only where the store alone cannot tell: Git may be away when this is asked. */
async function findHistory(session: Session, name: string | undefined): Promise<History> {
  const known = name === undefined ? undefined : await knownHistory(session, name);
  if (known !== undefined) return known;
  if (name !== undefined && !hasDeclarations(session.options)) throw unknown(name);
  const { application } = chooseApplication(await loadDeclarations(session), name);
  return (await knownHistory(session, application.name)) ?? { application: application.name, snapshots: [] };
}

/** Undefined: the store has nothing of it. */
async function knownHistory(session: Session, application: string): Promise<History | undefined> {
  const [{ loadHead }, { listSnapshots }] = await Promise.all([
    import('../../shared/state/heads.ts'),
    import('../../shared/state/snapshots.ts'),
  ]);
  const { store } = session.ports();
  const [loaded, { snapshots, unreadable }] = await Promise.all([
    loadHead(store, application),
    listSnapshots(store, application),
  ]);
  for (const { error } of unreadable)
    session.progress.report({ type: 'notice', level: 'warning', application, message: adviceOf(error) });
  if (loaded === undefined && snapshots.length + unreadable.length === 0) return undefined;
  return { application, snapshots, ...(loaded === undefined ? {} : { head: loaded.head }) };
}

function unknown(name: string): PlumbError {
  return new PlumbError('usage', `nothing is known of an application "${name}"`, {
    object: name,
    hint: 'plumb list shows what is known; check the name and --store',
  });
}
