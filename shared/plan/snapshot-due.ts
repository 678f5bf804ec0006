import type { Operation } from '../model/operation.ts';
import type { SnapshotNote } from '../model/snapshot.ts';

/**
 * True when what an operation came to is to be recorded: it deployed another render than the newest snapshot,
 * or changed something on the way to one and failed. A sync of selected objects deploys no render.
 */
export function isSnapshotDue(operation: Operation, newest: SnapshotNote | undefined): boolean {
  const { phase, renderDigest, results, selected } = operation;
  if (selected.length > 0 || phase === 'Running') return false;
  if (phase === 'Succeeded') return !isRecorded(renderDigest, newest);
  return results.some(({ action }) => action !== 'failed' && action !== 'skipped');
}

/** True when the newest snapshot says that a render was deployed whole. */
export function isRecorded(renderDigest: string, newest: SnapshotNote | undefined): boolean {
  return newest?.outcome === 'Succeeded' && newest.renderDigest === renderDigest;
}
