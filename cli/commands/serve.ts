import { Command, Option } from 'commander';
import type { Declarations } from '../../shared/model/registry.ts';
import { parseDurationOption } from '../duration.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import { NewsOnly } from '../output/news-only.ts';
import { ServeLog } from '../output/serve-log.ts';
import { type Act, exitCodes, parseCount, type Run } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly pollInterval: number; readonly driftInterval: number; readonly concurrency: number };

/** `plumb serve`: keeps applications equal to Git until it is told to end. */
export function serveCommand(act: Act): Command {
  return new Command('serve')
    .summary('keep applications equal to Git until interrupted')
    .description(
      'Looks at Git and at the clusters again and again, and syncs and repairs what the sync policies let it.\n' +
        'Failures of Git or a cluster are logged and outlived. SIGINT or SIGTERM ends it between two calls; a second one at once.',
    )
    .addOption(interval('--poll-interval <DURATION>', 'time between two looks at Git', '60s'))
    .addOption(interval('--drift-interval <DURATION>', 'time between two looks at the clusters', '3m'))
    .option('--concurrency <N>', 'applications that are worked on at once', parseCount, 25)
    .addHelpText(
      'after',
      examples([
        'plumb serve -f apps/',
        'plumb serve --control https://git.example/team/control.git#main:apps -o json',
      ]),
    )
    .action(act(runServe));
}

function interval(flags: string, summary: string, standard: string): Option {
  return new Option(flags, summary).argParser(parseDurationOption).default(parseDurationOption(standard), standard);
}

const runServe: Run<Flags> = async (session, { flags }) => {
  const signal = session.shell.interruption();
  const log = new ServeLog(session.shell, session.options);
  session.progress.close();
  const news = new NewsOnly(log);
  const following = { ...session, progress: news, ports: () => ({ ...session.ports(), reporter: log }) };
  const load = (): Promise<Declarations> => {
    news.beginRound();
    return loadDeclarations(following);
  };
  if (!hasDeclarations(session.options)) await load();
  log.report({ type: 'notice', level: 'info', message: `started; state is in ${session.runtime().storeFolder}` });
  const { serve } = await import('../../shared/workflows/serve.ts');
  const { pollInterval: pollMs, driftInterval: driftMs, concurrency } = flags;
  await serve(load, { pollMs, driftMs, concurrency, signal, jitter: Math.random }, following.ports());
  log.report({ type: 'notice', level: 'info', message: 'ended' });
  return exitCodes.ok;
};
