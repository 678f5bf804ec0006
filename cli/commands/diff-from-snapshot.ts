import { PlumbError } from '../../shared/errors.ts';
import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import { type Chosen, chooseApplication } from '../choose-applications.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import type { Session } from '../session.ts';

export type SnapshotFlags = {
  readonly from: string;
  /** A snapshot, `live` (default) or `git`. */
  readonly to?: string;
  readonly revision?: string;
  readonly resource?: readonly string[];
};

/**
 * What differs from a snapshot. Only for Git it matters how the application is declared now, and even that may be left out:
 * a snapshot knows the application that it is of.
 */
export async function diffFromSnapshot(
  session: Session,
  name: string | undefined,
  flags: SnapshotFlags,
): Promise<ApplicationDiff> {
  const { from, to = 'live', revision, resource: resources = [] } = flags;
  if (revision !== undefined && to !== 'git') {
    throw new PlumbError('usage', '--revision was given, and Git is not looked at', {
      hint: 'to compare the snapshot with that revision add --to git; to start from the snapshot of a revision write --from REVISION',
    });
  }
  const declared = name === undefined || to === 'git' ? await findDeclared(session, name) : undefined;
  const application = declared?.application.name ?? name ?? '';
  const [{ findSnapshot }, { diffSnapshots }] = await Promise.all([
    import('../../shared/workflows/compare/find-snapshot.ts'),
    import('../../shared/workflows/compare/diff-snapshots.ts'),
  ]);
  const { store } = session.ports();
  const first = await findSnapshot(store, application, from);
  const second = to === 'live' || to === 'git' ? to : await findSnapshot(store, application, to);
  return diffSnapshots(
    {
      from: first,
      to: second,
      resources,
      ...(declared === undefined ? {} : { declared }),
      ...(revision === undefined ? {} : { revision }),
    },
    session.ports(),
  );
}

/** Undefined when nothing says where applications are declared, and a name does. */
async function findDeclared(session: Session, name: string | undefined): Promise<Chosen | undefined> {
  if (name !== undefined && !hasDeclarations(session.options)) return undefined;
  return chooseApplication(await loadDeclarations(session), name);
}
