import { Command } from 'commander';
import { messageOf } from '../../shared/errors.ts';
import { type Head, newHead } from '../../shared/model/head.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { loadDeclarationsIfThere } from '../load-declarations.ts';
import { formatList, type Known, listRecord } from '../output/head-view.ts';
import { describeUnfinished } from '../output/unfinished-restore.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb list`: all applications and how they stand, without asking Git or a cluster. */
export function listCommand(act: Act): Command {
  return new Command('list')
    .alias('ls')
    .summary('list applications and how they stand')
    .description(
      'Lists what is declared, or without -f and --control what was ever synced, as it was last seen.\nAGE is the time since the last sync that changed something.',
    )
    .addHelpText(
      'after',
      examples([
        'plumb list',
        'plumb list -f apps/',
        'plumb list -o json | jq -r \'.[] | select(.sync.code != "Synced") | .name\'',
      ]),
    )
    .action(act(list));
}

const list: Run<object> = async (session) => {
  const known = await findKnown(session);
  await tellUnfinished(session);
  session.progress.close();
  const { options, shell, colours } = session;
  if (options.output !== 'table') shell.writeOut(await formatData(known.map(listRecord), options.output));
  else if (known.length > 0) shell.writeOut(formatList(known, { now: session.ports().clock.now(), colours }));
  else shell.writeErr('No applications.\n');
  return exitCodes.ok;
};

async function findKnown(session: Session): Promise<readonly Known[]> {
  const { listHeads } = await import('../../shared/state/heads.ts');
  const { heads, unreadable } = await listHeads(session.ports().store);
  for (const { error } of unreadable)
    session.progress.report({ type: 'notice', level: 'warning', message: messageOf(error) });
  const byName = new Map(heads.map(({ head }) => [head.application, head]));
  const declarations = await loadDeclarationsIfThere(session);
  const known = declarations === undefined ? await withInstalled(session, byName) : declared(declarations, byName);
  return [...known].sort((a, b) => (a.head.application < b.head.application ? -1 : 1));
}

/** An installation knows what is declared by itself, and which of its clusters do not answer. */
async function withInstalled(session: Session, heads: ReadonlyMap<string, Head>): Promise<readonly Known[]> {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return [...heads.values()].map((head) => ({ head }));
  const [{ describeAway, withDeclared }, { loadDeclarations }] = await Promise.all([
    import('../installation/find-known.ts'),
    import('../../shared/workflows/jobs/declarations.ts'),
  ]);
  const [away, declarations] = await Promise.all([describeAway(steering), loadDeclarations(steering)]);
  for (const message of away) session.progress.report({ type: 'notice', level: 'warning', message });
  return withDeclared(heads, declarations);
}

/** An interrupted restore keeps what was chosen for it until somebody goes on with it. */
async function tellUnfinished({ ports, progress }: Session): Promise<void> {
  const { isUnderWay, unfinishedRestores } = await import('../../shared/state/restores.ts');
  const { store, clock, worker } = ports();
  const { records, unreadable } = await unfinishedRestores(store);
  const now = clock.now();
  const messages = [
    ...unreadable.map(({ error }) => messageOf(error)),
    ...records.map((record) => describeUnfinished(record, now, isUnderWay(record, { clock, worker }))),
  ];
  for (const message of messages) progress.report({ type: 'notice', level: 'warning', message });
}

function declared({ applications }: Declarations, heads: ReadonlyMap<string, Head>): readonly Known[] {
  return applications.map(({ application }) => {
    const { name, project, destination } = application;
    return {
      head: heads.get(name) ?? newHead(name, project, destination.name ?? destination.server ?? ''),
      application,
    };
  });
}
