import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyRender } from '../../../shared/model/render.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { chooseSnapshot } from '../../../shared/plan/choose-snapshot.ts';
import { isGood } from '../../../shared/plan/good-snapshot.ts';
import { snapshotName, snapshotTime } from '../../../shared/plan/snapshot-name.ts';

const minute = (count: number): string => new Date(Date.UTC(2026, 0, 1, 12, count)).toISOString();

/** The snapshot of the sync that started so many minutes after noon. */
function note(minutes: number, renderDigest: string, more: Partial<SnapshotNote> = {}): SnapshotNote {
  const name = snapshotName({ startedAt: minute(minutes), sources: [], newest: undefined });
  return { name, renderDigest, outcome: 'Succeeded', health: 'Healthy', ...more };
}

const left = (minutes: number): SnapshotNote => note(minutes, emptyRender.digest);
const at = (minutes: number): number => Date.parse(minute(minutes));

describe('the snapshot that is restored', () => {
  it('is the newest, when that was seen to run', () => {
    const notes = [note(1, 'a'), note(2, 'b')];
    expect(chooseSnapshot({ notes, deployed: 'b' })).toEqual({ restored: true, snapshot: notes[1], isOlder: false });
  });

  it.each([
    ['failed', { outcome: 'Failed' }],
    ['ended Degraded', { health: 'Degraded' }],
    ['was never seen to run', { health: 'Progressing' }],
  ] as const)('is an older one, which is then pinned, when the newest %s', (_what, more) => {
    const notes = [note(1, 'a'), note(2, 'b', more)];
    expect(chooseSnapshot({ notes })).toEqual({ restored: true, snapshot: notes[0], isOlder: true });
  });

  it('is not pinned when what came after it is the same', () => {
    const notes = [note(1, 'a'), note(2, 'b'), note(3, 'a', { health: 'Progressing' })];
    expect(chooseSnapshot({ notes, deployed: 'a' })).toMatchObject({ isOlder: false });
  });

  it('is older when something else is deployed than the newest snapshot has', () => {
    expect(chooseSnapshot({ notes: [note(1, 'a')], deployed: 'b' })).toMatchObject({ isOlder: true });
  });

  it('is the newest good one of a sync that had started by the given time, that minute included', () => {
    const notes = [note(1, 'a'), note(2, 'b'), note(3, 'c')];
    expect(chooseSnapshot({ notes, at: at(2) })).toEqual({ restored: true, snapshot: notes[1], isOlder: true });
    expect(chooseSnapshot({ notes, at: at(2) - 1 })).toMatchObject({ snapshot: notes[0] });
  });

  it('is what the application is pinned to, unless a time is asked for', () => {
    const notes = [note(1, 'a'), note(2, 'b'), note(3, 'c')];
    const pinned = notes[0]?.name ?? '';
    expect(chooseSnapshot({ notes, pinned, deployed: 'c' })).toEqual({
      restored: true,
      snapshot: notes[0],
      isOlder: false,
    });
    expect(chooseSnapshot({ notes, pinned, at: at(2) })).toMatchObject({ snapshot: notes[1], isOlder: true });
    expect(chooseSnapshot({ notes, pinned: 'gone' })).toMatchObject({ snapshot: notes[2] });
  });

  const none: readonly (readonly [string, readonly SnapshotNote[], number | undefined, string])[] = [
    ['it never had one', [], undefined, 'it has no snapshot'],
    ['all are younger than the time', [note(2, 'a')], at(1), 'it has no snapshot that old'],
    ['it was taken away last', [note(1, 'a'), left(2)], undefined, 'it had been taken away, with its objects'],
    [
      'it had been taken away then',
      [note(1, 'a'), left(2), note(3, 'b')],
      at(2),
      'it had been taken away, with its objects',
    ],
    [
      'nothing ever succeeded since it came back',
      [note(1, 'a'), left(2), note(3, 'b', { outcome: 'Failed' })],
      undefined,
      'none of its snapshots is of a sync that succeeded and did not end Degraded',
    ],
  ];
  it.each(none)('is none, with the reason, when %s', (_what, notes, time, reason) => {
    expect(chooseSnapshot({ notes, ...(time === undefined ? {} : { at: time }) })).toEqual({ restored: false, reason });
  });

  const anyNote = fc.record({
    minutes: fc.nat(50),
    renderDigest: fc.constantFrom('a', 'b', 'c', emptyRender.digest),
    outcome: fc.constantFrom('Succeeded', 'Failed'),
    health: fc.constantFrom('Healthy', 'Progressing', 'Degraded'),
  });

  it('is never younger than the time, and never passes over a good one that is younger than itself', () => {
    fc.assert(
      fc.property(fc.array(anyNote, { maxLength: 12 }), fc.nat(50), (drawn, minutes) => {
        const notes = drawn
          .toSorted((a, b) => a.minutes - b.minutes)
          .map(({ minutes: when, renderDigest, ...more }) => note(when, renderDigest, more as Partial<SnapshotNote>));
        const chosen = chooseSnapshot({ notes, at: at(minutes) });
        if (!chosen.restored) return;
        expect(snapshotTime(chosen.snapshot.name)).toBeLessThanOrEqual(at(minutes));
        const later = notes.filter(
          ({ name }) => name > chosen.snapshot.name && (snapshotTime(name) ?? 0) <= at(minutes),
        );
        expect(later.filter(isGood)).toEqual([]);
      }),
    );
  });
});
