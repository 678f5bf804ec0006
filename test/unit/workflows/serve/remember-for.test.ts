import { describe, expect, it } from '@jest/globals';
import { rememberFor } from '../../../../shared/workflows/serve/remember-for.ts';

function countingReader(): { readonly asked: () => number; readonly read: () => Promise<number> } {
  let count = 0;
  return {
    asked: () => count,
    read: async () => {
      count += 1;
      return count;
    },
  };
}

describe('what is remembered for a while', () => {
  it('is read once for all who ask meanwhile, and anew afterwards, also when the clock is set back', async () => {
    let now = 1_000_000;
    const clock = { now: () => new Date(now), sleep: async () => {} };
    const { asked, read } = countingReader();
    const remembered = rememberFor(500, clock, read);
    expect(await Promise.all([remembered(), remembered()])).toEqual([1, 1]);
    now += 499;
    expect(await remembered()).toBe(1);
    now += 1;
    expect(await remembered()).toBe(2);
    now -= 3_600_000;
    expect(await remembered()).toBe(3);
    expect(asked()).toBe(3);
  });

  it('is not a failure', async () => {
    const clock = { now: () => new Date(0), sleep: async () => {} };
    let isAway = true;
    const remembered = rememberFor(500, clock, async () => {
      if (isAway) throw new Error('away');
      return 'there';
    });
    await expect(remembered()).rejects.toThrow('away');
    isAway = false;
    expect(await remembered()).toBe('there');
  });
});
