import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('An update that changes, adds and prunes', () => {
  it('that is killed at any moment and run again leaves what an undisturbed one leaves', async () => {
    const { points, failures } = await killEverywhere('update-with-prune');
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(40);
  }, 600_000);

  it('that is killed at any moment and outrun by Git leaves what Git says then', async () => {
    const moments = /store\.put|cluster\.(apply|delete)/;
    const { points, failures } = await killEverywhere('update-outrun', { moments });
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(12);
  }, 600_000);
});
