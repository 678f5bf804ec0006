import type { ObjectRef } from '../../model/object-ref.ts';
import { type Observation, observedAt } from '../../model/observation.ts';

/** Those whose state could not be read: nothing is claimed of them. */
export function unseen<Item extends { readonly ref: ObjectRef }>(
  items: readonly Item[],
  observation: Observation,
): readonly Item[] {
  return items.filter(({ ref }) => observedAt(observation, ref).state === 'unreadable');
}
