import type { LiveObject } from './manifest.ts';
import { keyOf, type ObjectRef } from './object-ref.ts';

/** What was seen at one address. Unreadable is not absent: nothing is claimed about the object, and it is never pruned. */
export type Observed =
  | { readonly state: 'absent' }
  | { readonly state: 'live'; readonly live: LiveObject }
  | { readonly state: 'unreadable'; readonly message: string; readonly retryable?: boolean };

/** What was seen, by `keyOf(ref)`. */
export type Observation = ReadonlyMap<string, Observed>;

/** What was seen of one object; unreadable when nobody looked. */
export function observedAt(observation: Observation, ref: ObjectRef): Observed {
  return observation.get(keyOf(ref)) ?? { state: 'unreadable', message: 'it was not looked at' };
}
