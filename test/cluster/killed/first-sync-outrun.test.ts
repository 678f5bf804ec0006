import { describe, expect, it } from '@jest/globals';
import { killEverywhere } from '../../support/killed/kill-everywhere.ts';

describe('A first sync that is killed at any moment', () => {
  it('is followed by one that leaves nothing of what Git has dropped meanwhile', async () => {
    // Before anything was written, it is as if nobody had begun.
    const moments = /store\.put|cluster\.apply/;
    const { points, failures } = await killEverywhere('first-sync-outrun', { moments });
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(15);
  }, 600_000);

  it('would not be, were a single write of what it may create lost', async () => {
    const forget = { prefix: 'heads/', write: 1 };
    const { points, failures } = await killEverywhere('first-sync-outrun', {
      moments: /^after cluster.apply ConfigMap \S+-early/,
      forget,
    });
    expect(points).toBe(1);
    expect(failures).toEqual([expect.stringMatching(/ConfigMap \S+-early is there and nobody owns it/)]);
  }, 60_000);
});
