import { describe, expect, it } from '@jest/globals';
import { parseExternalSecret } from '../../../../shared/secrets/external/parse-external-secret.ts';
import { inputsOf, nextRefreshAt, refreshDecision } from '../../../../shared/secrets/external/refresh.ts';
import { manifestOf } from './bed.ts';

const data = [{ secretKey: 'a', remoteRef: { key: 'a' } }];
const es = (spec: object, annotations = {}) =>
  parseExternalSecret(manifestOf({ spec: { data, ...spec } as never, annotations }));
const refreshedAt = '2026-06-01T12:00:00.000Z';
const decide = (spec: object, { mark = 'same', now = '2026-06-01T12:30:00Z' } = {}) =>
  refreshDecision(es(spec), { inputsMark: mark, last: { inputsMark: 'same', refreshedAt }, now: new Date(now) });

describe('an ExternalSecret is read again', () => {
  it.each([
    [{}, {}, 'keep'],
    [{}, { now: '2026-06-01T13:00:00Z' }, 'refresh'],
    [{}, { mark: 'other' }, 'refresh'],
    [{ refreshInterval: '10m' }, {}, 'refresh'],
    [{ refreshInterval: '0' }, { now: '2030-01-01T00:00:00Z' }, 'keep'],
    [{ refreshInterval: '0' }, { mark: 'other' }, 'keep'],
    [{ refreshPolicy: 'OnChange' }, { now: '2030-01-01T00:00:00Z' }, 'keep'],
    [{ refreshPolicy: 'OnChange' }, { mark: 'other' }, 'refresh'],
    [{ refreshPolicy: 'CreatedOnce' }, { mark: 'other', now: '2030-01-01T00:00:00Z' }, 'keep'],
  ] as const)('as its policy says: %j %j', (spec, moment, decision) => {
    expect(decide(spec, moment)).toBe(decision);
  });

  it('where it never was before, whatever the policy', () => {
    for (const refreshPolicy of ['Periodic', 'OnChange', 'CreatedOnce'])
      expect(refreshDecision(es({ refreshPolicy }), { inputsMark: 'x', now: new Date(0) })).toBe('refresh');
  });

  it('at a time that can be told beforehand, where there is one', () => {
    expect(nextRefreshAt(es({ refreshInterval: '90m' }), refreshedAt)).toBe('2026-06-01T13:30:00.000Z');
    expect(nextRefreshAt(es({ refreshInterval: '0s' }), refreshedAt)).toBeUndefined();
    expect(nextRefreshAt(es({ refreshPolicy: 'OnChange' }), refreshedAt)).toBeUndefined();
  });

  it('when an annotation such as force-sync is touched', () => {
    expect(inputsOf(es({}, { 'force-sync': '1' }))).not.toBe(inputsOf(es({}, { 'force-sync': '2' })));
    expect(inputsOf(es({ refreshInterval: '1h' }))).toBe(inputsOf(es({ refreshInterval: '1h' })));
  });
});

describe('a window', () => {
  const windows = (kind: string, ...schedules: readonly string[]) => ({
    refreshInterval: '1m',
    syncWindows: { kind, windows: schedules.map((schedule) => ({ schedule, duration: '2h' })) },
  });
  it.each([
    ['0 22 * * *', '2026-06-01T22:00:00Z', true],
    ['0 22 * * *', '2026-06-02T00:00:00Z', true],
    ['0 22 * * *', '2026-06-02T00:00:01Z', false],
    ['0 22 * * *', '2026-06-01T21:59:59Z', false],
    ['0 22 * * 1-5', '2026-06-01T23:00:00Z', true],
    ['0 22 * * SAT,sun', '2026-06-01T23:00:00Z', false],
    ['*/30 9-10 1 jun *', '2026-06-01T12:30:00Z', true],
    ['*/30 9-10 1 jun *', '2026-06-01T12:30:01Z', false],
    ['0 0 1 * 2', '2026-06-02T01:00:00Z', true],
    ['5/20 * * * *', '2026-06-01T22:30:00Z', true],
    ['@daily', '2026-06-01T01:59:00Z', true],
    ['@hourly', '2026-06-01T17:59:00Z', true],
    ['not-a-cron', '2026-06-01T23:00:00Z', false],
    ['60 * * * *', '2026-06-01T23:00:00Z', false],
    ['0 0 31 2 *', '2026-06-01T23:00:00Z', false],
    ['* * * *', '2026-06-01T23:00:00Z', false],
  ])('%s is open at %s: %s', (schedule, now, isOpen) => {
    const old = { inputsMark: 'same', refreshedAt: '2026-05-01T00:00:00Z' };
    const decision = (kind: string) =>
      refreshDecision(es(windows(kind, schedule)), { inputsMark: 'same', last: old, now: new Date(now) });
    expect(decision('allow')).toBe(isOpen ? 'refresh' : 'keep');
    expect(decision('deny')).toBe(isOpen ? 'keep' : 'refresh');
  });

  it('of several is enough, and none at all forbids nothing', () => {
    expect(decide(windows('allow', 'not-a-cron', '0 11 * * *'))).toBe('refresh');
    expect(decide(windows('allow'))).toBe('refresh');
  });

  it('does not hold a change back', () => {
    expect(decide(windows('allow', '0 1 * * *'), { mark: 'other' })).toBe('refresh');
  });
});
