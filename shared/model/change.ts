import type { ObjectRef } from './object-ref.ts';
import type { Health } from './status.ts';

/** What happened to one object, in the words of kubectl. */
export const actions = ['created', 'configured', 'unchanged', 'pruned', 'skipped', 'failed'] as const;
export type Action = (typeof actions)[number];

/** The result of a sync for one object. `message` says why it was skipped or failed, else is empty. */
export type ObjectResult = {
  readonly ref: ObjectRef;
  readonly wave: number;
  readonly action: Action;
  readonly message: string;
  /** True when a failure may pass without anybody changing anything. */
  readonly retryable?: boolean;
  /** What a person can do about a failure; one sentence. */
  readonly hint?: string;
  readonly health?: Health;
};

/** How many objects each action befell; actions that befell none are left out. */
export function countActions(results: readonly ObjectResult[]): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {};
  for (const { action } of results) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** How many objects are more, other or fewer than before. */
export type ChangeCounts = { readonly added: number; readonly changed: number; readonly removed: number };
