import { type Action, actions, countActions, type ObjectResult } from '../../shared/model/change.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import { formatElapsed } from '../duration.ts';
import { type Colours, paintHealth, paintSync } from './colours.ts';
import { formatPinned, pinRecord } from './pin-view.ts';
import { formatRevisions } from './revision.ts';

/** How a sync ended, in one line: `shop: Synced, Healthy at 3f2a1bc (2 created, 40 unchanged) in 1.8s`, and what it is pinned to. */
export function formatSummary(outcome: SyncOutcome, ms: number, colours: Colours): string {
  const pinned = formatPinned(outcome.head);
  return formatOutcome(outcome, ms, colours) + (pinned === undefined ? '' : `; ${pinned}`);
}

function formatOutcome({ head, rendered, results }: SyncOutcome, ms: number, colours: Colours): string {
  const { operation } = head;
  const place = ` at ${formatRevisions(rendered.sources)} (${formatCounts(results)}) in ${formatElapsed(ms)}`;
  const name = colours.bold(head.application);
  if (operation?.phase === 'Failed') return `${name}: ${colours.red('Failed')}${place}: ${operation.message}`;
  if (operation?.phase === 'Running') return `${name}: ${colours.blue('not finished')}${place}: ${operation.message}`;
  const reasons = [
    head.sync.code === 'Synced' ? '' : head.sync.message,
    head.health.code === 'Healthy' ? '' : head.health.message,
  ];
  const why = reasons.filter((reason) => reason !== '').map((reason) => `: ${reason}`);
  return `${name}: ${paintSync(head.sync.code, colours)}, ${paintHealth(head.health.code, colours)}${place}${why.join('')}`;
}

/** `2 created, 1 configured, 40 unchanged`; `no objects` where there are none. */
function formatCounts(results: readonly ObjectResult[]): string {
  const counts = countActions(results);
  const parts = actions.flatMap((action: Action) =>
    counts[action] === undefined ? [] : [`${counts[action]} ${action}`],
  );
  return parts.length === 0 ? 'no objects' : parts.join(', ');
}

/** What `plumb sync -o json` prints for one application; documented in docs/commands/sync.md. */
export function syncRecord({ head, rendered, results }: SyncOutcome, ms: number): object {
  return {
    application: head.application,
    project: head.project,
    cluster: head.cluster,
    phase: head.operation?.phase ?? 'Succeeded',
    message: head.operation?.message ?? '',
    sync: head.sync,
    health: head.health,
    sources: rendered.sources,
    renderDigest: rendered.render.digest,
    ...pinRecord(head),
    results: results.map(({ ref, ...result }) => ({ ...ref, ...result })),
    ms,
  };
}
