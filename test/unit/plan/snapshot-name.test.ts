import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ResolvedSource } from '../../../shared/model/revision.ts';
import { snapshotName } from '../../../shared/plan/snapshot-name.ts';
import { sourcesOf } from './heads.ts';

describe('the name of a snapshot', () => {
  const sources = sourcesOf('A');
  const named = (startedAt: string, newest?: string, of: readonly ResolvedSource[] = sources): string =>
    snapshotName({ startedAt, sources: of, newest });
  const chart: ResolvedSource = { repoURL: 'https://charts.example', chart: 'redis', revision: '1.4.2+Build_7' };

  it.each<[what: string, name: string, expected: string]>([
    ['time and revision', named('2026-11-23T14:51:50.123Z'), '20261123-145150-123-aaaaaaa'],
    [
      'a chart by its version',
      named('2026-11-23T14:51:50.123Z', undefined, [chart]),
      '20261123-145150-123-1.4.2-build-7',
    ],
    [
      'the Git source before the chart',
      named('2026-11-23T14:51:50.123Z', undefined, [chart, ...sources]),
      '20261123-145150-123-aaaaaaa',
    ],
    ['no source at all', named('2026-11-23T14:51:50.123Z', undefined, []), '20261123-145150-123-none'],
    [
      'the next stamp, in the same millisecond',
      named('2026-11-23T14:51:50.123Z', '20261123-145150-123-bbbbbbb'),
      '20261123-145150-124-aaaaaaa',
    ],
    [
      'the next stamp, when the clock was set back',
      named('2020-01-01T00:00:00.000Z', '20261123-145150-999-bbbbbbb'),
      '20261123-145151-000-aaaaaaa',
    ],
  ])('says %s', (_, name, expected) => expect(name).toBe(expected));

  it('always sorts behind the newest, whatever the clock says and the revisions are', () => {
    const date = fc.date({ min: new Date('2000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true });
    const revision = fc.oneof(
      fc.stringMatching(/^[0-9a-f]{40}$/),
      fc.stringMatching(/^\d{1,3}\.\d\.\d(-[A-Za-z.]{1,9})?$/),
    );
    const isChart = fc.boolean();
    const step = fc.record({ date, revision, isChart });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 20 }), (steps) => {
        const names: string[] = [];
        for (const each of steps) {
          const source = { repoURL: 'r', revision: each.revision, ...(each.isChart ? { chart: 'c' } : { path: 'p' }) };
          names.push(named(each.date.toISOString(), names.at(-1), [source]));
        }
        expect([...names].sort()).toEqual(names);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^\d{8}-\d{6}-\d{3}-[a-z0-9][a-z0-9.-]*$/);
      }),
    );
  });
});
