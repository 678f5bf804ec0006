import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('A restore of an emptied cluster without Git', () => {
  it('that is killed at any moment and run again leaves what an undisturbed one leaves', async () => {
    const { points, failures } = await killEverywhere('restore');
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(50);
  }, 600_000);
});
