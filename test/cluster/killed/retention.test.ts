import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('A collection of garbage', () => {
  it('that is killed at any moment and run again leaves what an undisturbed one leaves', async () => {
    const { points, failures } = await killEverywhere('retention');
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(25);
  }, 600_000);
});
