import { messageOf, PlumbError } from '../../errors.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Ports } from '../../ports.ts';
import { keys } from '../../state/keys.ts';
import { loadSnapshotAt } from '../../state/snapshots.ts';

/** An application as it was declared when it was last recorded. */
export type LastDeclared = Pick<Snapshot, 'application' | 'project' | 'parent'>;

/**
 * The application of the newest snapshot that can be read, with its project: neither Git nor a declaration is needed.
 * PlumbError `snapshot-unknown`: there is none.
 */
export async function loadLastDeclared(
  name: string,
  { store, reporter }: Pick<Ports, 'store' | 'reporter'>,
): Promise<LastDeclared> {
  let unread: unknown;
  for (const key of (await store.list(keys.snapshotsOf(name))).toReversed()) {
    try {
      const snapshot = await loadSnapshotAt(store, key);
      if (snapshot !== undefined) return lastDeclared(snapshot);
    } catch (error) {
      unread ??= error;
      reporter.report({ type: 'notice', level: 'warning', application: name, message: messageOf(error) });
    }
  }
  if (unread !== undefined) throw unread;
  throw new PlumbError('snapshot-unknown', `${name} has no snapshots`, {
    object: name,
    hint: 'check the name (plumb list shows what is known) and --store; a sync that changes what is deployed leaves one',
  });
}

function lastDeclared({ application, project, parent }: Snapshot): LastDeclared {
  return { application, project, ...(parent === undefined ? {} : { parent }) };
}
