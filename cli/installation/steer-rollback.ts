import { PlumbError } from '../../shared/errors.ts';
import { newHead } from '../../shared/model/head.ts';
import type { SyncJob } from '../../shared/model/job.ts';
import { chooseRollback } from '../../shared/workflows/rollback/choose-rollback.ts';
import { chooseApplication } from '../choose-applications.ts';
import type { Session } from '../session.ts';
import { type SyncFlags, toSyncSettings } from '../sync-options.ts';
import { askAndWatch } from './ask-and-watch.ts';
import { endWatching } from './end-watching.ts';
import { declaredIn } from './find-declared.ts';
import { tellUnread } from './steer-sync.ts';
import type { Steering } from './steering.ts';

type Flags = SyncFlags & { readonly untilUnpinned?: boolean; readonly secrets?: 'current' | 'as-of-snapshot' };

/**
 * `plumb rollback` where an installation does the work. It waits behind no sync of the application: that may never end, and is to be
 * stopped by it.
 */
export async function steerRollback(
  session: Session,
  steering: Steering,
  { name, snapshot, flags }: { readonly name: string; readonly snapshot: string | undefined; readonly flags: Flags },
): Promise<number> {
  refuseUnheard(flags);
  tellUnread(session);
  const { waitMs } = toSyncSettings(flags);
  const told = await askAndWatch(session, {
    steering,
    chosen: [chooseApplication(await declaredIn(steering), name)],
    asking: {
      isPartial: false,
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
      groupOf: (application) => `${application} rollback`,
      // What is not there, or could be several, is an error before anything is asked for.
      jobFor: async ({ application, project }, head): Promise<SyncJob> => {
        const known = head ?? newHead(application.name, project.name, '');
        return {
          work: 'rollback',
          application: name,
          snapshot: (await chooseRollback(known, snapshot, session.ports())).name,
          ...(flags.untilUnpinned === true ? { until: 'unpinned' } : {}),
          ...(flags.secrets === 'as-of-snapshot' ? { secrets: flags.secrets } : {}),
        };
      },
    },
  });
  const goesOn = 'the rollback goes on, and plumb status shows how it ends';
  return endWatching(session, told, { goesOn, isOne: true });
}

function refuseUnheard({ prune, approvePrune }: SyncFlags): void {
  const given = approvePrune === true ? '--approve-prune' : prune === undefined ? undefined : '--prune';
  if (given === undefined) return;
  throw new PlumbError('usage', `${given}: an installation prunes in a rollback as syncPolicy.automated.prune says`, {
    hint: 'leave it out; or add --local to roll back from this machine, with your own rights in the cluster',
  });
}
