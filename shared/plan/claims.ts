import type { ObjectRef } from '../model/object-ref.ts';
import { type Observation, observedAt } from '../model/observation.ts';
import type { Target } from './target.ts';
import { trackingOwner } from './tracking.ts';

/** The targets whose live object carries another application's tracking id, and that application. */
export function claimedByOthers(
  targets: readonly Target[],
  observation: Observation,
  application: string,
): readonly { readonly ref: ObjectRef; readonly owner: string }[] {
  return targets.flatMap(({ ref }) => {
    const observed = observedAt(observation, ref);
    if (observed.state !== 'live') return [];
    const owner = trackingOwner(observed.live, ref)?.application;
    return owner === undefined || owner === application ? [] : [{ ref, owner }];
  });
}
