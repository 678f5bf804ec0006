import { describe, expect, it } from '@jest/globals';
import type { Head } from '../../../shared/model/head.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { snapshotsToRemove } from '../../../shared/plan/retention.ts';
import { aHeadOf } from '../../support/snapshots.ts';

const noteAt = (second: number, renderDigest: string, given: Partial<SnapshotNote> = {}): SnapshotNote => ({
  name: `20260101-0000${String(second).padStart(2, '0')}-000-3f2a1bc`,
  renderDigest,
  outcome: 'Succeeded',
  health: 'Healthy',
  ...given,
});

/** `A` was seen to run; what came after it failed. */
const good = noteAt(1, 'A');
const notes = [
  noteAt(0, 'O', { health: 'Degraded' }),
  good,
  ...[2, 3, 4].map((at) => noteAt(at, `F${at}`, { outcome: 'Failed' })),
];
const deployed = { renderDigest: 'A', sources: [], at: '2026-01-01T00:00:01Z' };
const refused = [
  { renderDigest: 'A', sources: [], declared: [], at: '2026-01-01T00:00:05Z', why: 'it was bad after all' },
];

describe('The newest good snapshot', () => {
  it.each<[when: string, head: Head | undefined]>([
    ['the state of the application is lost', undefined],
    ['it is what is deployed', aHeadOf([], { deployed })],
    ['it was taken back once', aHeadOf([], { deployed, refused })],
  ])('is never removed, also when %s', (_when, head) => {
    const policy = { keepLast: 1, keepWithinMs: 0 };
    const now = Date.parse('2026-02-01T00:00:00Z');
    const removed = snapshotsToRemove({
      notes,
      inUse: new Set(),
      policy,
      now,
      ...(head === undefined ? {} : { head }),
    });
    expect(removed).not.toContain(good);
    expect(removed.length).toBeGreaterThanOrEqual(2);
  });
});
