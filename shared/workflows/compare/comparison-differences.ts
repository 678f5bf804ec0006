import type { ObjectDifference } from '../../model/sync-request.ts';
import { objectDifference } from '../../plan/diff/object-difference.ts';
import type { DiffSides } from '../../plan/diff/unified-diff.ts';
import type { Comparison } from './comparison.ts';

type Shown = {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Default: from `live` to `git`. */
  readonly sides?: DiffSides;
};

/** What a comparison found, as text. */
export function comparisonDifferences(comparison: Comparison, shown: Shown): readonly ObjectDifference[] {
  return [...changes(comparison, shown), ...removals(comparison, shown)];
}

function changes({ differing }: Comparison, shown: Shown): readonly ObjectDifference[] {
  return differing.flatMap(
    ({ target, live, predicted }) => objectDifference({ ref: target.ref, live, predicted, ...shown }) ?? [],
  );
}

function removals({ extra }: Comparison, shown: Shown): readonly ObjectDifference[] {
  const change = shown.sides?.isReversed === true ? 'create' : 'prune';
  return extra.map(({ ref, live, message }) => {
    const removal = live && objectDifference({ ref, live, predicted: undefined, ...shown });
    return removal ?? { ref, change, text: `# ${message}\n`, fields: [] };
  });
}
