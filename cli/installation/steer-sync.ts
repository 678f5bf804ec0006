import { PlumbError } from '../../shared/errors.ts';
import type { SyncJob } from '../../shared/model/job.ts';
import { chooseApplications } from '../choose-applications.ts';
import { hasDeclarations } from '../load-declarations.ts';
import type { Session } from '../session.ts';
import { type SyncFlags, toSyncSettings } from '../sync-options.ts';
import { askAndWatch } from './ask-and-watch.ts';
import { endWatching } from './end-watching.ts';
import { declaredIn, refuseUnrendered } from './find-declared.ts';
import type { Steering } from './steering.ts';

type Flags = SyncFlags & {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly revision?: string;
  readonly resource?: readonly string[];
};

/** True for what an installation does not do for others: then it is done here, with the rights of whoever asks. */
export function isForHere({ options }: Pick<Session, 'options'>, { dryRun, revision }: Flags): boolean {
  const option = dryRun === true ? '--dry-run' : revision === undefined ? undefined : '--revision';
  if (option === undefined) return false;
  if (hasDeclarations(options)) return true;
  throw new PlumbError('usage', `${option} is not for an installation: it syncs what its control repository says`, {
    hint: 'to have it done on this machine, with your own rights in the cluster, say where applications are declared: -f PATH or --control URL',
  });
}

/** `plumb sync` where an installation does the work: it is asked to, and watched. */
export async function steerSync(
  session: Session,
  steering: Steering,
  { names, flags }: { readonly names: readonly string[]; readonly flags: Flags },
): Promise<number> {
  tellUnread(session);
  const chosen = chooseApplications(await declaredIn(steering), names, flags.all === true);
  if (chosen.length > 1) session.progress.nameApplications();
  const { resource, timeout } = flags;
  const { waitMs, prune, approvePrune } = toSyncSettings(flags);
  const told = await askAndWatch(session, {
    steering,
    chosen,
    asking: {
      isPartial: resource !== undefined,
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      jobFor: async (each, head): Promise<SyncJob> => {
        await refuseUnrendered(each, head, steering);
        return {
          work: 'sync',
          application: each.application.name,
          ...(prune === undefined ? {} : { prune }),
          ...(approvePrune === undefined ? {} : { approvePrune }),
          ...(resource === undefined ? {} : { resources: resource }),
        };
      },
    },
  });
  return endWatching(session, told, { goesOn: 'the sync goes on, and plumb status shows how it ends' });
}

/** Two places may say different things of an application; one of them counts. */
export function tellUnread({ options, progress }: Pick<Session, 'options' | 'progress'>): void {
  if (!hasDeclarations(options)) return;
  const message = 'what -f or --control declares is not looked at: the installation goes by its own control repository';
  progress.report({ type: 'notice', level: 'warning', message });
}
