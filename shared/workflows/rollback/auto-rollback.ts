import type { Head } from '../../model/head.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import { decideAutoRollback } from '../../plan/auto-rollback.ts';
import type { Ports } from '../../ports.ts';
import { type RollbackOutcome, type RollbackRequest, rollbackApplication } from './rollback.ts';

/**
 * Takes an application that asks for it back to its last good snapshot after a sync that failed or ended Degraded, and says so.
 * Undefined: there was no reason to.
 */
export async function rollbackIfAsked(
  request: Pick<SyncRequest, 'application' | 'project' | 'origin' | 'parent' | 'waitMs' | 'waveTimeoutMs' | 'signal'>,
  head: Head,
  ports: Ports,
): Promise<RollbackOutcome | undefined> {
  const { application, project, origin, parent, waitMs, waveTimeoutMs, signal } = request;
  const decision = decideAutoRollback(application, head);
  if (decision === undefined) return undefined;
  const { to, why } = decision;
  const message = `going back to snapshot ${to.name} by itself: ${why}`;
  ports.reporter.report({ type: 'notice', level: 'warning', application: application.name, message });
  // What else was asked of the sync, such as a revision or some of the objects, was about what is taken back.
  const back: RollbackRequest = {
    application,
    project,
    snapshot: to.name,
    why: `automatic rollback: ${why}`,
    // Somebody may have pinned or synced something else meanwhile.
    onlyWhile: (current) => decideAutoRollback(application, current)?.to.name === to.name,
    ...(origin === undefined ? {} : { origin }),
    ...(parent === undefined ? {} : { parent }),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(waveTimeoutMs === undefined ? {} : { waveTimeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  return rollbackApplication(back, ports);
}
