import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatGarbage, garbageRecord } from '../../../../cli/output/garbage-view.ts';
import { formatHistory, historyRecord } from '../../../../cli/output/history-view.ts';
import type { Snapshot } from '../../../../shared/model/snapshot.ts';
import type { GarbageOutcome } from '../../../../shared/workflows/garbage/collect-garbage.ts';
import { aHeadOf, aSnapshot, noteFor } from '../../../support/snapshots.ts';

const colours = coloursFor({}, false);
const now = new Date('2026-01-02T04:00:00Z');
const looks = { now, colours };
const none = { added: 0, changed: 0, removed: 0 };

const first = aSnapshot({
  at: '2025-12-31T04:00:00.000Z',
  changes: { added: 3, changed: 0, removed: 0 },
  health: { code: 'Progressing', message: '' },
});
const second = aSnapshot({
  at: '2026-01-02T01:00:00.000Z',
  renderDigest: 'd2',
  changes: { added: 1, changed: 20, removed: 2 },
  outcome: 'Failed',
});
const third = aSnapshot({
  at: '2026-01-02T03:59:30.000Z',
  changes: none,
  operation: { id: 'op', reason: 'rollback', startedAt: '2026-01-02T03:59:20.000Z' },
});
const snapshots: readonly Snapshot[] = [first, second, third];
const rowsOf = (text: string): readonly string[] => text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));

describe('plumb history', () => {
  it('shows the newest first, with who did what, what came of it and what changed', () => {
    const head = aHeadOf(snapshots);
    const noted = {
      ...head,
      snapshots: [{ ...noteFor(first), health: 'Healthy' as const }, ...head.snapshots.slice(1)],
    };
    expect(rowsOf(formatHistory({ application: 'shop', head: noted, snapshots }, looks))).toEqual([
      'SNAPSHOT | REVISION | AUTHOR | SUBJECT | AGE | OUTCOME | CHANGES',
      '20260102-035930-000-3f2a1bc * | 3f2a1bc | Ada | more prompts | 30s | Succeeded, Healthy (rollback) | -',
      '20260102-010000-000-3f2a1bc | 3f2a1bc | Ada | more prompts | 3h | Failed | +1 ~20 −2',
      '20251231-040000-000-3f2a1bc | 3f2a1bc | Ada | more prompts | 2d | Succeeded, Healthy | +3',
      '',
    ]);
  });

  it('marks what is pinned, and names it and what was refused below', () => {
    const pin = {
      snapshot: first.name,
      renderDigest: first.renderDigest,
      until: 'git-moves',
      at: '2026-01-02T03:59:00Z',
      why: 'bad prompt',
    } as const;
    const refused = [{ renderDigest: 'd2', sources: second.sources, declared: [], at: pin.at, why: 'bad prompt' }];
    const text = formatHistory({ application: 'shop', head: aHeadOf(snapshots, { pin, refused }), snapshots }, looks);
    expect(text).toContain(`${first.name} (pinned)`);
    expect(text).toContain('Refused:  3f2a1bc ("more prompts"), 60s ago: bad prompt');
    expect(text).toContain(`Pin:      ${first.name} until Git moves on, 60s ago: bad prompt`);
  });

  it('shows what a lost head does not explain, charts, long subjects and what was taken away', () => {
    const long = 'a '.repeat(60);
    const [source] = first.sources;
    const commit = { sha: '', author: 'Ada', subject: long, time: '' };
    const odd = aSnapshot({ sources: source === undefined ? [] : [{ ...source, commit }], left: true });
    const chart = aSnapshot({ sources: [{ repoURL: 'https://charts.example', chart: 'redis', revision: '1.2.3' }] });
    const [, chartRow, oddRow] = rowsOf(formatHistory({ application: 'shop', snapshots: [odd, chart] }, looks));
    expect(chartRow).toContain('| 1.2.3 | - | - |');
    expect(oddRow).toContain('… | 55m | Taken away | +1');
    expect(oddRow?.length).toBeLessThan(140);
  });

  it('tells programs all that a snapshot holds', () => {
    const record = historyRecord({ application: 'shop', head: aHeadOf(snapshots), snapshots });
    expect(record).toMatchObject({
      application: 'shop',
      pin: null,
      refused: [],
      snapshots: [
        { ...third, bestHealth: 'Healthy', good: true, deployed: true, pinned: false },
        { ...second, good: false, deployed: false },
        { ...first, bestHealth: 'Progressing', good: false, deployed: false },
      ],
    });
  });
});

const collected: GarbageOutcome = {
  removedSnapshots: [{ application: 'shop', name: first.name }],
  removedRenders: ['renders/default/a.json.gz', 'renders/default/b.json.gz'],
  deleted: ['renders/default/c.json.gz'],
  putBack: ['renders/default/d.json.gz'],
  removedNotes: [],
  missingSnapshots: [],
  skipped: [],
  kept: { snapshots: 2, renders: 1 },
  unreadable: [{ key: 'heads/bad.json', error: new Error('cut short') }],
  blocked: true,
};

describe('plumb gc', () => {
  it('says what went and what stays', () => {
    expect(formatGarbage(collected, { isDryRun: false, colours })).toBe(
      `shop: removed snapshot ${first.name}\n` +
        'Removed 1 snapshot, 2 renders: 2 snapshots and 1 render stay.\n' +
        'Deleted 1 object from the garbage for good.\n' +
        'Took 1 object out of the garbage again.\n',
    );
  });

  it('says what would go in a dry run', () => {
    const text = formatGarbage({ ...collected, deleted: [], putBack: [] }, { isDryRun: true, colours });
    expect(text).toBe(
      `shop: would remove snapshot ${first.name}\nWould remove 1 snapshot, 2 renders: 2 snapshots and 1 render stay.\n`,
    );
  });

  it('says that there is nothing to do', () => {
    const nothing = { ...collected, removedSnapshots: [], removedRenders: [], deleted: [], putBack: [] };
    expect(formatGarbage(nothing, { isDryRun: false, colours })).toBe(
      'Nothing to remove: 2 snapshots and 1 render stay.\n',
    );
  });

  it('tells programs all of it', () => {
    expect(garbageRecord(collected, true)).toEqual({
      ...collected,
      dryRun: true,
      unreadable: [{ key: 'heads/bad.json', message: 'cut short' }],
    });
  });
});
