import { adviceOf } from '../../errors.ts';
import type { RetentionPolicy } from '../../plan/retention.ts';
import type { Ports } from '../../ports.ts';
import { collectGarbage } from '../garbage/collect-garbage.ts';

/** Removes old snapshots and what nothing refers to, and says so if there was any; what it could not read is told. */
export async function tidyStore(policy: RetentionPolicy | undefined, ports: Ports): Promise<void> {
  const outcome = await collectGarbage(policy === undefined ? {} : { policy }, ports);
  const { removedSnapshots, removedRenders, deleted, unreadable, blocked } = outcome;
  const what = blocked ? 'renders are not tidied away while anything may refer to them: ' : '';
  for (const { error } of unreadable)
    ports.reporter.report({ type: 'notice', level: 'error', message: `${what}${adviceOf(error)}` });
  if (removedSnapshots.length + removedRenders.length + deleted.length === 0) return;
  const message = `tidied: ${removedSnapshots.length} snapshots and ${removedRenders.length} renders into the garbage, ${deleted.length} out of it for good`;
  ports.reporter.report({ type: 'notice', level: 'info', message });
}
