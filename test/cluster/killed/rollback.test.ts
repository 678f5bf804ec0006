import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('A rollback', () => {
  it('that is killed at any moment and asked for again leaves what an undisturbed one leaves', async () => {
    const { points, failures } = await killEverywhere('rollback');
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(35);
  }, 600_000);

  it('that is killed once it is pinned is gone on with by whatever sync comes next', async () => {
    const moments = /store\.put|cluster\.(apply|delete)/;
    const { points, failures } = await killEverywhere('rollback-followed', { moments });
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(12);
  }, 600_000);
});
