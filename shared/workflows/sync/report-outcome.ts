import { countActions } from '../../model/change.ts';
import type { SyncOutcome } from '../../model/sync-request.ts';
import type { Reporter } from '../../ports.ts';

/** Says how a sync ended, when it failed or changed something. */
export function reportOutcome({ head, results, rendered }: SyncOutcome, reporter: Reporter): void {
  const { unchanged = 0, ...changed } = countActions(results);
  const isFailed = head.operation?.phase === 'Failed';
  if (!isFailed && Object.keys(changed).length === 0) return;
  const counts = [...Object.entries(changed), ['unchanged', unchanged]].map(([action, count]) => `${count} ${action}`);
  const revisions = [...new Set(rendered.sources.map(({ revision }) => revision.slice(0, 12)))].join(', ');
  const outcome = isFailed ? `sync failed: ${head.operation?.message}` : `${head.sync.code}, ${head.health.code}`;
  reporter.report({
    type: 'notice',
    level: isFailed ? 'error' : 'info',
    application: head.application,
    message: `${outcome} at ${revisions} (${counts.join(', ')})`,
  });
}
