import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { messageOf, PlumbError } from '../../shared/errors.ts';
import type { Json } from '../../shared/model/json.ts';
import type { SecretEvent } from '../../shared/model/secret-event.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import { concernedBySecret } from '../../shared/plan/secrets/concerned-by-secret.ts';
import { findKnownApplication } from '../find-known-application.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, reportFailure, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly event?: string; readonly all?: boolean };

/** `plumb secrets refresh`: reads secrets again now, and restarts what uses those that changed. */
export function refreshCommand(act: Act): Command {
  return new Command('refresh')
    .argument('[APP...]', 'applications')
    .summary('read secrets again now, and restart what uses changed ones')
    .description(
      'Reads the secrets of applications again and syncs their Secrets, and the workloads that use changed ones, from what\n' +
        'is deployed. Git is not asked. With --event, of the applications that use the secret which an event of EventBridge\n' +
        '(from Secrets Manager or Parameter Store) names.\n' +
        'Exit code: 0 all is as it should be, 1 a secret could not be resolved, 2 an error.',
    )
    .option('--all', 'all applications that have secrets')
    .option('--event <FILE>', 'an event as EventBridge delivers it, as JSON; - for standard input')
    .addHelpText(
      'after',
      examples([
        'plumb secrets refresh shop',
        'plumb secrets refresh --all',
        'plumb secrets refresh --event - < event.json',
      ]),
    )
    .action(act(refresh));
}

const refresh: Run<Flags> = async (session, { names, flags }) => {
  const chosen = await chooseNames(session, names, flags);
  const { refreshNow } = await import('../../shared/workflows/serve/refresh-secrets.ts');
  const ports = session.ports();
  ports.secrets.stores.forget();
  const outcomes: SyncOutcome[] = [];
  let failed = 0;
  for (const name of chosen) {
    try {
      const known = await findKnownApplication(session, name);
      const outcome = await refreshNow(known, ports, { signal: session.shell.interruption() });
      if (outcome !== undefined) outcomes.push(outcome);
    } catch (error) {
      failed += 1;
      reportFailure(session, error, name);
    }
  }
  await printOutcomes(session, outcomes);
  const isWhole = outcomes.every(({ head }) => head.operation?.phase !== 'Failed');
  return failed === 0 && isWhole ? exitCodes.ok : exitCodes.failed;
};

async function chooseNames(session: Session, names: readonly string[], flags: Flags): Promise<readonly string[]> {
  if ([names.length > 0, flags.all === true, flags.event !== undefined].filter((given) => given).length !== 1)
    throw new PlumbError('usage', 'name applications, or give --all, or --event', {
      hint: 'plumb list shows the applications',
    });
  if (names.length > 0) return names;
  const { listHeads } = await import('../../shared/state/heads.ts');
  const heads = (await listHeads(session.ports().store)).heads.map(({ head }) => head);
  if (flags.event === undefined)
    return heads.filter(({ secrets = [] }) => secrets.length > 0).map(({ application }) => application);
  const event = await readEvent(session, flags.event);
  return event === undefined ? [] : concernedBySecret(heads, event);
}

async function readEvent({ shell }: Session, file: string): Promise<SecretEvent | undefined> {
  const { parseSecretEvent } = await import('../../shared/secrets/events/parse-secret-event.ts');
  const text =
    file === '-' ? await shell.readIn() : await readFile(resolve(shell.folder, file), 'utf8').catch(unreadable(file));
  return parseSecretEvent(parseJson(text, file));
}

function unreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new PlumbError('usage', `--event: ${file} cannot be read: ${messageOf(cause)}`, { cause });
  };
}

function parseJson(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new PlumbError('usage', `--event: ${file} is not JSON`, {
      hint: 'give the event as EventBridge delivers it',
    });
  }
}

async function printOutcomes(session: Session, outcomes: readonly SyncOutcome[]): Promise<void> {
  const { progress, options, shell, colours } = session;
  if (options.output === 'table')
    for (const outcome of outcomes) progress.print(`${formatSummary(outcome, 0, colours)}\n`);
  progress.close();
  if (options.output !== 'table')
    shell.writeOut(
      await formatData(
        outcomes.map((outcome) => syncRecord(outcome, 0)),
        options.output,
      ),
    );
}
