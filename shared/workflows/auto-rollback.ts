import type { Head } from '../model/head.ts';
import type { SyncRequest } from '../model/sync-request.ts';
import { decideAutoRollback } from '../plan/auto-rollback.ts';
import type { Ports } from '../ports.ts';
import { type RollbackOutcome, rollbackApplication } from './rollback.ts';

/**
 * Takes an application that asks for it back to its last good snapshot after a sync that failed or ended Degraded, and says so.
 * Undefined: there was no reason to.
 */
export async function rollbackIfAsked(
  request: Pick<SyncRequest, 'application' | 'project' | 'parent' | 'signal'>,
  head: Head,
  ports: Ports,
): Promise<RollbackOutcome | undefined> {
  const { application } = request;
  const decision = decideAutoRollback(application, head);
  if (decision === undefined) return undefined;
  const { to, why } = decision;
  const message = `going back to snapshot ${to.name} by itself: ${why}`;
  ports.reporter.report({ type: 'notice', level: 'warning', application: application.name, message });
  return rollbackApplication({ ...request, snapshot: to.name, why: `automatic rollback: ${why}` }, ports);
}
