import { messageOf, PlumbError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { newestGood, notesOf } from '../../plan/good-snapshot.ts';
import { notToGoBackTo, unfinishedPin } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { listSnapshots } from '../../state/snapshots.ts';
import { findSnapshot } from '../compare/find-snapshot.ts';

/**
 * The snapshot that an application is rolled back to: the one that a person names, or that of a rollback that has not arrived yet,
 * or the newest good one that is neither what is deployed nor what was refused. PlumbError `snapshot-unknown`: there is none.
 */
export async function chooseRollback(head: Head, asked: string | undefined, ports: Ports): Promise<Snapshot> {
  const { application } = head;
  const named = asked ?? unfinishedPin(head)?.snapshot;
  return named === undefined ? newestToGoBackTo(head, ports) : findSnapshot(ports.store, application, named);
}

async function newestToGoBackTo(head: Head, { store, reporter }: Ports): Promise<Snapshot> {
  const { application } = head;
  const { snapshots, unreadable } = await listSnapshots(store, application);
  for (const { error } of unreadable)
    reporter.report({ type: 'notice', level: 'warning', application, message: `passed over: ${messageOf(error)}` });
  const chosen = newestGood(notesOf(snapshots, head.snapshots), notToGoBackTo(head));
  const found = snapshots.find(({ name }) => name === chosen?.name);
  if (found !== undefined) return found;
  const [first] = unreadable;
  throw new PlumbError('snapshot-unknown', `${application}: there is no good snapshot to go back to`, {
    object: application,
    hint: `good is what was seen healthy; what is deployed, and what a rollback took back, do not count; plumb history ${application} shows all: name one to go back to it all the same`,
    ...(first === undefined ? {} : { cause: first.error }),
  });
}
