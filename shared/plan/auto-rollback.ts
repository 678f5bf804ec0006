import { type Application, autoRollbackAnnotation } from '../model/application.ts';
import type { Head } from '../model/head.ts';
import type { SnapshotNote } from '../model/snapshot.ts';
import { isGood, newestGood } from './good-snapshot.ts';
import { notToGoBackTo } from './pin.ts';

export type AutoRollback = { readonly to: SnapshotNote; readonly why: string };

/**
 * Where an application that asks for it goes back to after a sync that failed for good or ended Degraded; undefined: nowhere.
 * What was seen to run is not gone back from: then it is not the revision that is at fault.
 */
export function decideAutoRollback({ annotations }: Application, head: Head): AutoRollback | undefined {
  if (annotations[autoRollbackAnnotation] !== 'true' || head.pin !== undefined) return undefined;
  const why = faultOf(head);
  const to = newestGood(head.snapshots, notToGoBackTo(head));
  return why === undefined || to === undefined ? undefined : { to, why };
}

function faultOf({ operation, deployed, health, snapshots }: Head): string | undefined {
  if (operation === undefined || operation.phase === 'Running' || operation.selected.length > 0) return undefined;
  const { renderDigest } = operation;
  const hasRun = snapshots.some((note) => note.renderDigest === renderDigest && isGood(note));
  if (hasRun || operation.reason === 'rollback' || operation.reason === 'restore') return undefined;
  if (operation.phase === 'Failed')
    return operation.retryable === true ? undefined : `the sync failed: ${operation.message}`;
  const isDegraded = deployed?.renderDigest === renderDigest && health.code === 'Degraded';
  return isDegraded ? `the sync ended Degraded: ${health.message}` : undefined;
}
