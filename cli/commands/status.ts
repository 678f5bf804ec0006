import { Command } from 'commander';
import { GitError, PlumbError } from '../../shared/errors.ts';
import { newHead } from '../../shared/model/head.ts';
import type { Ports } from '../../shared/ports.ts';
import { type Chosen, chooseApplication, isKnown } from '../choose-applications.ts';
import { hasDeclarations, loadDeclarations, loadDeclarationsIfThere } from '../load-declarations.ts';
import { formatStatus, type Known, statusRecord } from '../output/head-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly refresh?: boolean };

/** `plumb status`: what is known of one application. */
export function statusCommand(act: Act): Command {
  return new Command('status')
    .argument('[APP]', 'application; may be left out when only one is declared')
    .summary('show an application, its last sync and its objects')
    .description('Shows what was last seen of an application. Neither Git nor the cluster is asked without --refresh.')
    .option('--refresh', 'compare with Git and the cluster first; changes nothing in the cluster')
    .addHelpText(
      'after',
      examples([
        'plumb status shop',
        'plumb status shop -f apps/ --refresh',
        'plumb status shop -o json | jq .health.code',
      ]),
    )
    .action(act(status));
}

const status: Run<Flags> = async (session, { names, flags }) => {
  const known = await findStatus(session, names[0], flags.refresh === true);
  session.progress.close();
  const { options, shell, colours } = session;
  const now = session.ports().clock.now();
  shell.writeOut(
    options.output === 'table'
      ? formatStatus(known, { now, colours })
      : await formatData(statusRecord(known), options.output),
  );
  return exitCodes.ok;
};

async function findStatus(session: Session, name: string | undefined, refresh: boolean): Promise<Known> {
  const installed = refresh || hasDeclarations(session.options) ? undefined : await findInstalled(session, name);
  if (installed !== undefined) return installed;
  const declarations = await loadDeclarationsIfThere(session);
  const isKept = name !== undefined && (declarations === undefined || !isKnown(declarations, name));
  if (isKept) return refresh ? refreshedAsKept(session, name) : knownByName(session.ports(), name);
  const chosen = chooseApplication(declarations ?? (await loadDeclarations(session)), name);
  return refresh ? refreshed(session, chosen) : lastKnown(chosen, session.ports());
}

/** An installation knows what is declared by itself. Undefined: the store is that of none, or it does not know the application. */
async function findInstalled(session: Session, name: string | undefined): Promise<Known | undefined> {
  const { openSteering } = await import('../installation/steering.ts');
  const steering = await openSteering(session);
  if (steering === undefined) return undefined;
  const { findKnown } = await import('../installation/find-known.ts');
  return findKnown(name, steering);
}

/** While Git is away, what is deployed is what the cluster can be compared with. */
async function refreshed(session: Session, { application, project }: Chosen): Promise<Known> {
  const { refreshStatus } = await import('../../shared/workflows/compare/status.ts');
  try {
    return { head: await refreshStatus({ application, project }, session.ports()), application };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const message = `compared with what is deployed, as Git cannot be read: ${error.message}`;
    session.progress.report({ type: 'notice', level: 'warning', application: application.name, message });
    return refreshedAsKept(session, application.name);
  }
}

async function refreshedAsKept(session: Session, name: string): Promise<Known> {
  const { refreshAsKept } = await import('../../shared/workflows/compare/refresh-as-kept.ts');
  return refreshAsKept(name, session.ports());
}

async function lastKnown({ application }: Chosen, ports: Ports): Promise<Known> {
  const { loadHead } = await import('../../shared/state/heads.ts');
  const loaded = await loadHead(ports.store, application.name);
  const { destination, name, project } = application;
  return { head: loaded?.head ?? newHead(name, project, destination.name ?? destination.server ?? ''), application };
}

async function knownByName(ports: Ports, name: string): Promise<Known> {
  const { loadHead } = await import('../../shared/state/heads.ts');
  const loaded = await loadHead(ports.store, name);
  if (loaded !== undefined) return { head: loaded.head };
  throw new PlumbError('usage', `nothing is known of an application "${name}"`, {
    object: name,
    hint: 'plumb list shows what is known; to look at one that was never synced, say where it is declared with -f or --control',
  });
}
