import type { SyncJob } from '../../shared/model/job.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { type Chosen, chooseApplication } from '../choose-applications.ts';
import { nothingToRead, refuseUnfinished } from '../secrets/nothing-to-read.ts';
import { exitCodes, reportFailure, type Session } from '../session.ts';
import { askAndWatch, type Told } from './ask-and-watch.ts';
import { endWatching } from './end-watching.ts';
import { declaredIn } from './find-declared.ts';
import type { Steering } from './steering.ts';

/** `plumb secrets refresh` where an installation does the work: whoever asks needs no right to any secret. */
export async function steerRefresh(session: Session, steering: Steering, names: readonly string[]): Promise<number> {
  if (names.length === 0) return exitCodes.ok;
  const { chosen, unknown } = choose(session, await declaredIn(steering), names);
  if (chosen.length > 1) session.progress.nameApplications();
  const told = await askAndWatch(session, {
    steering,
    chosen,
    asking: {
      isPartial: true,
      jobFor: async ({ application: { name } }, head): Promise<SyncJob | undefined> => {
        refuseUnfinished(name, head?.operation);
        if ((head?.secrets ?? []).length > 0) return { work: 'follow', application: name, cause: 'secret' };
        session.progress.report({ type: 'notice', level: 'info', application: name, message: nothingToRead });
        return undefined;
      },
    },
  });
  return endWatching(session, [...unknown, ...told], {
    goesOn: 'the secrets are read all the same, and plumb status shows how that ends',
  });
}

/** One that nobody declares any more keeps no other back. */
function choose(
  session: Session,
  declarations: Declarations,
  names: readonly string[],
): { readonly chosen: readonly Chosen[]; readonly unknown: readonly Told[] } {
  const chosen: Chosen[] = [];
  const unknown: Told[] = [];
  for (const name of names) {
    try {
      chosen.push(chooseApplication(declarations, name));
    } catch (error) {
      reportFailure(session, error, name);
      unknown.push({ exitCode: exitCodes.failed });
    }
  }
  return { chosen, unknown };
}
