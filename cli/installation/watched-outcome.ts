import type { ObjectResult } from '../../shared/model/change.ts';
import type { Head } from '../../shared/model/head.ts';
import { keyOf } from '../../shared/model/object-ref.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';

/** How a sync ended that others did, as one of this machine would have ended: nothing but its head tells of it. */
export function watchedOutcome(
  head: Head,
  { origin, isPartial }: { readonly origin: string; readonly isPartial: boolean },
): SyncOutcome {
  const { operation: last, ...quiet } = head;
  const operation = last?.origin === origin ? last : undefined;
  const results = operation?.results ?? [];
  return {
    // What somebody else did before or after is none of its business.
    head: operation === undefined ? quiet : head,
    rendered: {
      render: { digest: operation?.renderDigest ?? head.deployed?.renderDigest ?? '', manifests: [] },
      sources: operation?.sources ?? head.deployed?.sources ?? [],
      warnings: [],
      rendered: false,
    },
    results: isPartial ? results : [...results, ...unchanged(head, results)],
  };
}

/** What was left as it is, is not kept among the results. */
function unchanged({ inventory }: Head, results: readonly ObjectResult[]): readonly ObjectResult[] {
  const touched = new Set(results.map(({ ref }) => keyOf(ref)));
  return inventory
    .filter(({ ref, seen }) => seen !== undefined && !touched.has(keyOf(ref)))
    .map(({ ref, wave }) => ({ ref, wave, action: 'unchanged', message: '' }));
}
