import { Command, Option } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { parseControl } from '../../shared/registry/parse-control.ts';
import type { FollowedRef } from '../../shared/workflows/serve/concerned-applications.ts';
import { parseDurationOption } from '../duration.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import { type Act, exitCodes, parseCount, type Run, type Session } from '../session.ts';
import type { WebhookFlags } from '../webhooks.ts';
import { examples } from './examples.ts';

type Flags = WebhookFlags & {
  readonly pollInterval: number;
  readonly driftInterval: number;
  readonly concurrency: number;
};

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
    .option('--webhook-listen <HOST:PORT>', "take the Git hosts' webhooks in there, at /webhook")
    .option('--webhook-secrets <FILE>', 'lines of a Git host and the secret of its webhook; readable by its owner only')
    .option('--concurrency <N>', 'applications that are worked on at once', parseCount, 25)
    .addHelpText(
      'after',
      examples([
        'plumb serve -f apps/',
        'plumb serve --control https://git.example/team/control.git#main:apps -o json',
        'plumb serve -f apps/ --webhook-listen 127.0.0.1:8080 --webhook-secrets webhook-secrets',
      ]),
    )
    .action(act(runServe));
}

function interval(flags: string, summary: string, standard: string): Option {
  return new Option(flags, summary).argParser(parseDurationOption).default(parseDurationOption(standard), standard);
}

const runServe: Run<Flags> = async (session, { flags }) => {
  await refuseBesideInstallation(session);
  const signal = session.shell.interruption();
  const [{ NewsOnly }, { ServeLog }, { openWebhooks }] = await Promise.all([
    import('../output/news-only.ts'),
    import('../output/serve-log.ts'),
    import('../webhooks.ts'),
  ]);
  const log = new ServeLog(session.shell, session.options);
  session.progress.close();
  const news = new NewsOnly(log);
  const following = { ...session, progress: news, ports: () => ({ ...session.ports(), reporter: log }) };
  const load = (): Promise<Declarations> => {
    news.beginRound();
    return loadDeclarations(following);
  };
  if (!hasDeclarations(session.options)) await load();
  const [{ serve }, { PushInbox }] = await Promise.all([
    import('../../shared/workflows/serve/serve.ts'),
    import('../../shared/workflows/serve/push-inbox.ts'),
  ]);
  const pushes = new PushInbox();
  const webhooks = await openWebhooks(flags, pushes, following.ports());
  log.report({ type: 'notice', level: 'info', message: `started; state is in ${session.runtime().storePlace}` });
  if (webhooks !== undefined)
    log.report({ type: 'notice', level: 'info', message: `hears of pushes at ${webhooks.url}` });
  const { pollInterval: pollMs, driftInterval: driftMs, concurrency } = flags;
  const options = { pollMs, driftMs, concurrency, signal, jitter: Math.random, pushes, ...controlOf(session) };
  try {
    await serve(load, options, following.ports());
  } finally {
    await webhooks?.close();
  }
  log.report({ type: 'notice', level: 'info', message: 'ended' });
  return exitCodes.ok;
};

/** Two that drive the same applications would undo each other's work as soon as they disagree. */
async function refuseBesideInstallation(session: Session): Promise<void> {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return;
  const { id, control } = steering.installation;
  throw new PlumbError('store-foreign', `the store is that of installation ${id}, which follows ${control} itself`, {
    object: id,
    hint: 'plumb tail shows what it does, plumb sync asks it for more; if its functions are switched off and this is to take their place, add --local',
  });
}

/** A push to where applications are declared concerns all of them. */
function controlOf({ options }: Session): { readonly control?: FollowedRef } {
  if (options.control === undefined) return {};
  const { repoURL, revision } = parseControl(options.control);
  return { control: { repoURL, targetRevision: revision } };
}
