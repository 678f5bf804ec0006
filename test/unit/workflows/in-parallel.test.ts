import { describe, expect, it } from '@jest/globals';
import { inParallel } from '../../../shared/workflows/in-parallel.ts';

describe('work on many at once', () => {
  it('keeps the order of the items and the limit', async () => {
    const running = { now: 0, most: 0 };
    const doubled = await inParallel([3, 1, 2, 5, 4], 2, async (number) => {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      for (let turn = 0; turn < number; turn += 1) await Promise.resolve();
      running.now -= 1;
      return number * 2;
    });
    expect(doubled).toEqual([6, 2, 4, 10, 8]);
    expect(running).toEqual({ now: 0, most: 2 });
  });

  it('has nothing to do for no items', async () => {
    expect(await inParallel([], 5, async () => 1)).toEqual([]);
  });
});
