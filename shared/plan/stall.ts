import { formatRef } from '../model/object-ref.ts';
import type { Operation, Stalled } from '../model/operation.ts';
import type { WaveReport } from './advance.ts';
import { millisecondsOf } from './timestamp.ts';

/** More than any wave needs that gets on; a loop that nothing comes of ends here whatever clocks say. */
const mostHandBacks = 500;

/** The operation, left in a wave that is not healthy yet, to be gone on with. `now` is ISO 8601. */
export function stall(operation: Operation, { index, results, blockedBy }: WaveReport, now: string): Operation {
  const { stalled } = operation;
  const isSame = stalled?.wave === index && results.every(({ action }) => action === 'unchanged');
  const named = blockedBy.slice(0, 3).map(({ ref, message }) => `${formatRef(ref)} (${message})`);
  const more = blockedBy.length > 3 ? ` and ${blockedBy.length - 3} more` : '';
  return {
    ...operation,
    stalled: isSame
      ? { ...stalled, handBacks: stalled.handBacks + 1 }
      : { wave: index, handBacks: 1, since: stalled?.wave === index ? stalled.since : now },
    message: `waiting for ${named.join(', ')}${more}`,
  };
}

/** The operation, when a wave of it is done; that an earlier one is done once more says nothing. */
export function unstall(operation: Operation, index: number): Operation {
  const { stalled, ...rest } = operation;
  return stalled === undefined || index < stalled.wave ? operation : rest;
}

/** The milliseconds that a wave has left; 0: its time, or its number of hand-backs, is used up. */
export function timeLeftOf(
  { wave, handBacks, since }: Stalled,
  asked: { readonly index: number; readonly waveTimeoutMs: number; readonly now: number },
): number {
  if (wave !== asked.index) return asked.waveTimeoutMs;
  if (handBacks >= mostHandBacks) return 0;
  const passed = asked.now - (millisecondsOf(since) ?? asked.now);
  // A clock that was set back says nothing.
  return passed < 0 ? asked.waveTimeoutMs : Math.max(0, asked.waveTimeoutMs - passed);
}
