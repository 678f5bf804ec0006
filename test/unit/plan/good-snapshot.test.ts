import { describe, expect, it } from '@jest/globals';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { isGood, newestGood } from '../../../shared/plan/good-snapshot.ts';
import { noteFor } from './heads.ts';

const good = noteFor('A');
const suspended = noteFor('B', { health: 'Suspended' });
const progressing = noteFor('C', { health: 'Progressing' });
const unseen = noteFor('D', { health: 'Unknown' });
const degraded = noteFor('E', { health: 'Degraded' });
const failed = noteFor('F', { outcome: 'Failed', health: 'Healthy' });

describe('a good snapshot', () => {
  it.each([
    [good, true],
    [suspended, true],
    [progressing, false],
    [unseen, false],
    [degraded, false],
    [failed, false],
  ])('was applied whole and seen to run: %j', (note, expected) => expect(isGood(note)).toBe(expected));
});

describe('the newest good snapshot', () => {
  it.each<[what: string, notes: readonly SnapshotNote[], without: readonly string[], found: SnapshotNote | undefined]>([
    ['is the last one that ran', [good, suspended, progressing, failed], [], suspended],
    ['passes over renders that are not wanted', [good, suspended], ['B'], good],
    ['passes over every snapshot of such a render', [good, noteFor('A', { name: 'S2' })], ['A'], undefined],
    ['is one that was applied whole, where none was seen to run', [progressing, unseen, degraded, failed], [], unseen],
    ['is never one that was seen to fail', [degraded, failed], [], undefined],
    ['is none of none', [], [], undefined],
  ])('%s', (_, notes, without, found) => expect(newestGood(notes, without)).toEqual(found));
});
