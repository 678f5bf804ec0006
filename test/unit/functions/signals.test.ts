import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Signals, signalsFor } from '../../../functions/signals.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** After how many seconds waits and work are ended. */
function endsOf({ signal, superseded }: Signals): { readonly waits: number; readonly work: number } {
  const ends = { waits: Number.NaN, work: Number.NaN };
  let seconds = 0;
  superseded.addEventListener('abort', () => {
    ends.waits = seconds;
  });
  signal.addEventListener('abort', () => {
    ends.work = seconds;
  });
  for (; seconds < 1_000; seconds += 1) jest.advanceTimersByTime(1_000);
  return { waits: ends.waits + 1, work: ends.work + 1 };
}

describe('An invocation', () => {
  it.each([
    ['that has two minutes waits for 30 s, and begins nothing in its last 10 s', 120, { waits: 30, work: 110 }],
    ['that has a quarter of an hour waits no longer', 900, { waits: 30, work: 890 }],
    ['that has little ends its waits before its work', 40, { waits: 20, work: 30 }],
  ])('%s', (_title, left, wanted) => {
    expect(endsOf(signalsFor(left * 1_000))).toEqual(wanted);
  });

  it('that is nearly over begins nothing', () => {
    const signals = signalsFor(5_000);
    jest.advanceTimersByTime(0);
    expect([signals.signal.aborted, signals.superseded.aborted]).toEqual([true, true]);
  });

  it('is not kept alive by what would have ended it', () => {
    const signals = signalsFor(120_000);
    signals.end();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(120_000);
    expect([signals.signal.aborted, signals.superseded.aborted]).toEqual([false, false]);
  });
});
