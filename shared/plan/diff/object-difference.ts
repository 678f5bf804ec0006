import type { ObjectDifference } from '../../model/sync-request.ts';
import { difference } from './difference.ts';
import { type DiffInput, unifiedDiff } from './unified-diff.ts';

/** How one object differs from what is wanted, as text and as a list of fields; undefined when it does not. */
export function objectDifference(input: DiffInput): ObjectDifference | undefined {
  const { ref, live, predicted, sides } = input;
  const isReversed = sides?.isReversed === true;
  const text = unifiedDiff(input);
  if (text === '') return undefined;
  if (live === undefined) return { ref, change: isReversed ? 'prune' : 'create', text, fields: [] };
  if (predicted === undefined) return { ref, change: isReversed ? 'create' : 'prune', text, fields: [] };
  const fields = difference(live, predicted).map(({ path, changedBy }) => ({
    path,
    ...(changedBy === undefined ? {} : { manager: changedBy.manager }),
  }));
  return { ref, change: 'change', text, fields };
}
