import { Command } from 'commander';
import type { StateEvent } from '../../shared/model/state-event.ts';
import { formatEvent } from '../output/event-view.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb tail`: what happens to applications, as it happens. */
export function tailCommand(act: Act): Command {
  return new Command('tail')
    .argument('[APP...]', 'applications; default: all')
    .summary('show what happens to applications, until interrupted')
    .description(
      'Watches the state and prints a line for each sync that ends, each drift, and each change of health.\n' +
        'Neither Git nor a cluster is asked: it shows what plumb serve, or an installation on AWS, does.\n' +
        'With -o json each line is an event as an installation sends it to its event bus.',
    )
    .addHelpText(
      'after',
      examples([
        'plumb tail --store s3://acme-plumbline/prod',
        'plumb tail shop payments --store s3://acme-plumbline/prod',
        'plumb tail --store s3://acme-plumbline/prod -o json',
      ]),
    )
    .action(act(tail));
}

const tail: Run<object> = async (session, { names }) => {
  const signal = session.shell.interruption();
  const [{ openHeadFeed }, { tailEvents }] = await Promise.all([
    import('../watching/head-feed.ts'),
    import('../watching/tail-events.ts'),
  ]);
  const { store, clock } = session.ports();
  const print = await printer(session);
  await tailEvents({
    feed: openHeadFeed(store, names),
    clock,
    reporter: session.progress,
    signal,
    onBegin: (applications) => tellBegin(session, names, applications),
    onEvent: (event) => session.progress.print(print(event)),
  });
  return exitCodes.ok;
};

async function printer({ options, colours }: Session): Promise<(event: StateEvent) => string> {
  if (options.output === 'table') return (event) => formatEvent(event, colours);
  if (options.output === 'json') return (event) => `${JSON.stringify(event)}\n`;
  const { formatYaml } = await import('../../shared/model/yaml.ts');
  return (event) => `---\n${formatYaml({ ...event, revisions: [...event.revisions] })}`;
}

/** An application that is not there yet may come; a name that was misspelt never does. */
function tellBegin(session: Session, names: readonly string[], found: readonly string[]): void {
  const { progress } = session;
  for (const application of names.filter((name) => !found.includes(name)))
    progress.report({ type: 'notice', level: 'warning', application, message: 'nothing is known of it (yet)' });
  const count = `${found.length} ${found.length === 1 ? 'application' : 'applications'}`;
  const message = `watching ${count} in ${session.runtime().storePlace}`;
  progress.report({ type: 'notice', level: 'info', message });
}
