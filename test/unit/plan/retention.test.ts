import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Head, newHead } from '../../../shared/model/head.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { newestGood } from '../../../shared/plan/good-snapshot.ts';
import {
  mostSnapshots,
  type RetentionCase,
  type RetentionPolicy,
  snapshotsToRemove,
  standardRetention,
} from '../../../shared/plan/retention.ts';
import { snapshotTime } from '../../../shared/plan/snapshot-name.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-06-01T00:00:00Z');

function nameAt(ms: number): string {
  const digits = new Date(ms).toISOString().replaceAll(/[-:TZ.]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14)}-3f2a1bc`;
}

const noteAt = (ms: number, given: Partial<SnapshotNote> = {}): SnapshotNote => ({
  name: nameAt(ms),
  renderDigest: `d${ms}`,
  outcome: 'Succeeded',
  health: 'Healthy',
  ...given,
});

/** One a day, oldest first; the newest is of today. */
const daily = (count: number, given: Partial<SnapshotNote> = {}): readonly SnapshotNote[] =>
  Array.from({ length: count }, (_, index) => noteAt(now - (count - 1 - index) * day, given));

function removed(given: Partial<RetentionCase>): readonly string[] {
  const notes = given.notes ?? daily(60);
  const asked = { inUse: new Set<string>(), policy: standardRetention, now, ...given, notes };
  return snapshotsToRemove(asked).map(({ name }) => name);
}

const headWith = (given: Partial<Head>): Head => ({ ...newHead('shop', 'default', 'prod'), ...given });
const strict: RetentionPolicy = { keepLast: 1, keepWithinMs: 0 };

describe('retention', () => {
  it('keeps the newest ones, and all young ones', () => {
    expect(removed({})).toHaveLength(30);
    expect(removed({ policy: { keepLast: 40, keepWithinMs: 30 * day } })).toHaveLength(20);
    expect(removed({ policy: { keepLast: 5, keepWithinMs: 10 * day } })).toHaveLength(50);
  });

  it('keeps no more than its limit, however young they are', () => {
    const minutes = Array.from({ length: 300 }, (_, index) => noteAt(now - (299 - index) * 60_000));
    expect(removed({ notes: minutes })).toHaveLength(300 - mostSnapshots);
    expect(removed({ notes: minutes, policy: { keepLast: 1_000, keepWithinMs: 0 } })).toHaveLength(300 - mostSnapshots);
  });

  it('takes an age that is not known, or in the future, for young', () => {
    const odd = [{ ...noteAt(0), name: '00-imported' }, noteAt(now + 90 * day), ...daily(3)];
    expect(removed({ notes: odd, policy: { keepLast: 1, keepWithinMs: day } })).toEqual(
      [noteAt(now - 2 * day), noteAt(now - day)].map(({ name }) => name),
    );
  });

  const bad = { health: 'Degraded' } as const;
  const [old, good, former, ...others] = daily(10) as readonly [SnapshotNote, SnapshotNote, SnapshotNote];
  const failing = others.map((note) => ({ ...(note as SnapshotNote), ...bad }));
  it.each<[string, Partial<RetentionCase>, readonly string[]]>([
    ['the newest one, good or not', { notes: failing }, [failing.at(-1)?.name ?? '']],
    ['the newest good one', { notes: [old, good, ...failing] }, [good.name, failing.at(-1)?.name ?? '']],
    [
      'the newest good one that is not what is deployed',
      {
        notes: [old, good, former],
        head: headWith({ deployed: { renderDigest: former.renderDigest, sources: [], at: '' } }),
      },
      [good.name, former.name],
    ],
    [
      'what a rollback would take after another one',
      {
        notes: [old, good, former],
        head: headWith({
          deployed: { renderDigest: good.renderDigest, sources: [], at: '' },
          refused: [{ renderDigest: former.renderDigest, sources: [], declared: [], at: '', why: '' }],
        }),
      },
      [old.name, good.name, former.name],
    ],
    [
      'what is deployed, even if it was never seen to run and failures came after it',
      {
        notes: [{ ...old, health: 'Progressing' }, good, { ...former, outcome: 'Failed' }],
        head: headWith({ deployed: { renderDigest: old.renderDigest, sources: [], at: '' } }),
      },
      [old.name, good.name, former.name],
    ],
    [
      'what is pinned',
      {
        notes: [old, good, former],
        head: headWith({
          pin: { snapshot: old.name, renderDigest: old.renderDigest, until: 'unpinned', at: '', why: '' },
        }),
      },
      [old.name, former.name],
    ],
    ['what is in use', { notes: [old, good, former], inUse: new Set([old.name]) }, [old.name, former.name]],
  ])('never removes %s', (_, given, kept) => {
    const gone = removed({ ...given, policy: strict });
    expect((given.notes ?? []).map(({ name }) => name).filter((name) => !gone.includes(name))).toEqual(kept);
  });

  it('reads the time in a name, also where seconds ran over', () => {
    expect(snapshotTime('20260102-030405-006-3f2a1bc')).toBe(Date.parse('2026-01-02T03:04:05.006Z'));
    expect(snapshotTime('20260102-030460-000-3f2a1bc')).toBe(Date.parse('2026-01-02T03:05:00Z'));
    expect(snapshotTime('imported')).toBeUndefined();
  });
});

const anyNote = fc.record({
  ago: fc.integer({ min: -5, max: 100 }),
  renderDigest: fc.constantFrom('a', 'b', 'c'),
  outcome: fc.constantFrom('Succeeded' as const, 'Failed' as const),
  health: fc.constantFrom('Healthy' as const, 'Progressing' as const, 'Degraded' as const),
});
const anyNotes = fc
  .uniqueArray(anyNote, { maxLength: 12, selector: ({ ago }) => ago })
  .map((all) => [...all].sort((a, b) => b.ago - a.ago).map(({ ago, ...note }) => noteAt(now - ago * day, note)));
const anyPolicy = fc.record({ keepLast: fc.integer({ min: 1, max: 12 }), keepWithinMs: fc.nat(100 * day) });
const anyCase = fc
  .record({ notes: anyNotes, policy: anyPolicy, pinned: fc.nat(), used: fc.nat(), deployed: fc.constantFrom('a', 'b') })
  .map(({ notes, policy, pinned, used, deployed }): RetentionCase => {
    const { name = '', renderDigest = '' } = notes[pinned % Math.max(1, notes.length)] ?? {};
    const pin = { snapshot: name, renderDigest, until: 'unpinned' as const, at: '', why: '' };
    const head = headWith({ deployed: { renderDigest: deployed, sources: [], at: '' }, pin });
    return { notes, policy, head, inUse: new Set([notes[used % Math.max(1, notes.length)]?.name ?? '']), now };
  });

describe('retention, whatever there is,', () => {
  it('removes nothing that is protected', () => {
    fc.assert(
      fc.property(anyCase, (asked) => {
        const gone = new Set(snapshotsToRemove(asked).map(({ name }) => name));
        const { notes, head, inUse } = asked;
        const safe = [notes.at(-1), newestGood(notes), newestGood(notes, [head?.deployed?.renderDigest ?? ''])];
        const names = [...safe.map((note) => note?.name ?? ''), head?.pin?.snapshot ?? '', ...inUse];
        expect(names.filter((name) => gone.has(name))).toEqual([]);
      }),
    );
  });

  it('has nothing left to remove afterwards', () => {
    fc.assert(
      fc.property(anyCase, (asked) => {
        const gone = new Set(snapshotsToRemove(asked));
        expect(snapshotsToRemove({ ...asked, notes: asked.notes.filter((note) => !gone.has(note)) })).toEqual([]);
      }),
    );
  });

  it('never removes more under a more generous policy', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(5), fc.nat(50 * day), (asked, more, longer) => {
        const { keepLast, keepWithinMs } = asked.policy;
        const generous = { keepLast: keepLast + more, keepWithinMs: keepWithinMs + longer };
        const gone = new Set(snapshotsToRemove(asked));
        expect(snapshotsToRemove({ ...asked, policy: generous }).every((note) => gone.has(note))).toBe(true);
      }),
    );
  });
});
