import type { LiveObject } from '../model/manifest.ts';
import type { Health } from '../model/status.ts';
import { numberAt } from './read-field.ts';
import { progressing } from './verdict.ts';

/** Progressing while the controller has not looked at the newest spec, else undefined. */
export function awaitObservation(live: LiveObject): Health | undefined {
  const generation = live.metadata.generation ?? 0;
  const observed = numberAt(live, 'status', 'observedGeneration');
  if (generation <= observed) return undefined;
  return progressing(`waiting for its controller to see generation ${generation} (it has seen ${observed})`);
}
