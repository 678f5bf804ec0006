import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PlumbError } from '../../shared/errors.ts';
import type { Json } from '../../shared/model/json.ts';
import type { SecretEvent } from '../../shared/model/secret-event.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import { fileProblem } from '../file-problem.ts';
import { findKnownApplication } from '../find-known-application.ts';
import { formatSummary, syncRecord } from '../output/summary.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run, reportFailure, type Session } from '../session.ts';
import { nothingToRead, refuseUnfinished } from './nothing-to-read.ts';

type Flags = { readonly event?: string; readonly all?: boolean };

/** `plumb secrets refresh`: reads secrets again now, and restarts what uses those that changed. */
export const run: Run<Flags> = async (session, { names, flags }) => {
  const chosen = await chooseNames(session, names, flags);
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering !== undefined)
    return (await import('../installation/steer-refresh.ts')).steerRefresh(session, steering, chosen);
  const { refreshNow } = await import('../../shared/workflows/serve/refresh-secrets.ts');
  const ports = session.ports();
  ports.secrets.stores.forget();
  const signal = session.shell.interruption();
  const outcomes: Refreshed[] = [];
  let failed = 0;
  for (const name of chosen) {
    try {
      const known = await findKnownApplication(session, name);
      const startedAt = ports.clock.now().getTime();
      const outcome = await refreshNow(known, ports, { signal });
      if (outcome === undefined) await tellNothing(session, name);
      else outcomes.push({ outcome, ms: ports.clock.now().getTime() - startedAt });
    } catch (error) {
      failed += 1;
      reportFailure(session, error, name);
    }
  }
  await printOutcomes(session, outcomes);
  const isWhole = outcomes.every(({ outcome }) => outcome.head.operation?.phase !== 'Failed');
  return failed === 0 && isWhole ? exitCodes.ok : exitCodes.failed;
};

type Refreshed = { readonly outcome: SyncOutcome; readonly ms: number };

async function tellNothing({ progress, ports }: Session, application: string): Promise<void> {
  const { loadHead } = await import('../../shared/state/heads.ts');
  refuseUnfinished(application, (await loadHead(ports().store, application))?.head.operation);
  progress.report({ type: 'notice', level: 'info', application, message: nothingToRead });
}

async function chooseNames(session: Session, names: readonly string[], flags: Flags): Promise<readonly string[]> {
  if ([names.length > 0, flags.all === true, flags.event !== undefined].filter((given) => given).length !== 1)
    throw new PlumbError('usage', 'give one of the three: names of applications, --all, or --event', {
      hint: 'plumb list shows the applications',
    });
  if (names.length > 0) return names;
  const { listHeads } = await import('../../shared/state/heads.ts');
  const heads = (await listHeads(session.ports().store)).heads.map(({ head }) => head);
  if (flags.event === undefined) {
    const all = heads.filter(({ secrets = [] }) => secrets.length > 0);
    if (all.length === 0) say(session, 'No application has secrets');
    return all.map(({ application }) => application);
  }
  const event = await readEvent(session, flags.event);
  if (event === undefined) {
    say(session, 'The event tells of no changed secret');
    return [];
  }
  const { concernedBySecret } = await import('../../shared/plan/secrets/concerned-by-secret.ts');
  const concerned = concernedBySecret(heads, event);
  const { service, region, name } = event;
  if (concerned.length === 0) say(session, `No application has read ${name} of ${service} in ${region}`);
  return concerned;
}

/** Progress that is of no application. */
function say({ options, progress }: Session, message: string): void {
  if (options.quiet !== true) progress.print(`${message}\n`, 'err');
}

async function readEvent({ shell }: Session, file: string): Promise<SecretEvent | undefined> {
  const { parseSecretEvent } = await import('../../shared/secrets/events/parse-secret-event.ts');
  const text =
    file === '-' ? await shell.readIn() : await readFile(resolve(shell.folder, file), 'utf8').catch(unreadable(file));
  return parseSecretEvent(parseJson(text, file));
}

function unreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new PlumbError('usage', `--event: ${file} cannot be read: ${fileProblem(cause)}`, { cause });
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

async function printOutcomes(session: Session, outcomes: readonly Refreshed[]): Promise<void> {
  const { progress, options, shell, colours } = session;
  if (options.output === 'table')
    for (const { outcome, ms } of outcomes) progress.print(`${formatSummary(outcome, ms, colours)}\n`);
  progress.close();
  if (options.output === 'table') return;
  const records = outcomes.map(({ outcome, ms }) => syncRecord(outcome, ms));
  shell.writeOut(await formatData(records, options.output));
}
