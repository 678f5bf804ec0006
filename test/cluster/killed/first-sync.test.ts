import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('A first sync with CRDs and waves', () => {
  it('that is killed at any moment and run again leaves what an undisturbed one leaves', async () => {
    const { points, failures } = await killEverywhere('first-sync');
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(50);
  }, 600_000);
});
