import { describe, expect, it } from '@jest/globals';
import { describeUnfinished } from '../../../../cli/output/unfinished-restore.ts';
import type { RestoreRecord } from '../../../../shared/model/restore.ts';

const now = new Date('2026-11-23T15:00:00Z');
const record: RestoreRecord = {
  id: 'r1',
  cluster: 'prod',
  to: 'prod',
  asked: {},
  chosen: [],
  startedAt: '2026-11-23T14:55:00Z',
  lease: { holder: 'vm~0035969e:5651:6b4fed2e_1.2-0a1b', until: '2026-11-23T15:01:00Z' },
};

describe('A restore that is not finished', () => {
  it('is told with the command that goes on with it, in the very words that were asked', () => {
    const begun = 'the restore of cluster prod, begun 5m ago,';
    expect(describeUnfinished(record, now, false)).toBe(
      `${begun} is not finished: plumb restore cluster prod goes on with it`,
    );
    const asked = { to: 'standby', at: '2h', apps: "shop-* it's" };
    expect(describeUnfinished({ ...record, asked }, now, false)).toBe(
      `${begun} is not finished: plumb restore cluster prod --to standby --at 2h --apps 'shop-* it'\\''s' goes on with it`,
    );
  });

  it('is told with who works on it, while somebody does', () => {
    expect(describeUnfinished(record, now, true)).toMatch(/, is under way \(process 5651 on vm\)$/);
  });
});
