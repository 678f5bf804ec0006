import { describe, expect, it } from '@jest/globals';
import { Limit } from '../../../shared/adapters/limit.ts';

describe('Limit', () => {
  it('never runs more tasks at once than it was told, starts them in order and runs them all', async () => {
    const limit = new Limit(3);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const task = (index: number) => async (): Promise<number> => {
      started.push(index);
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (index % 5 === 0) throw new Error('failed');
      return index;
    };
    const settled = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => limit.run(task(index))));
    expect(most).toBe(3);
    expect(started).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await limit.run(async () => 'free again')).toBe('free again');
  });
});
