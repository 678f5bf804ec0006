import { describe, expect, it } from '@jest/globals';
import { newHead } from '../../../../shared/model/head.ts';
import type { SecretRecord } from '../../../../shared/model/secret-record.ts';
import { dueForRefresh } from '../../../../shared/workflows/serve/refresh-secrets.ts';

const ref = { group: '', kind: 'Secret', namespace: 'shop', name: 'registry' };
const hour = 3_600_000;
const isDue = (
  record: Partial<SecretRecord>,
  { last, now }: { readonly last: number; readonly now: number },
): boolean => {
  const secrets = [{ declaredBy: ref, target: ref, reads: [], ...record }];
  const head = { ...newHead('shop', 'default', 'prod'), secrets };
  return dueForRefresh([head], new Map([['shop', last]]), now).length === 1;
};

describe('The secrets of an application', () => {
  it.each([
    ['when their interval is over', { refreshMs: hour }, { last: 0, now: hour }, true],
    ['not before', { refreshMs: hour }, { last: 1, now: hour }, false],
    [
      'when what was issued is half over, whatever their interval',
      { refreshMs: 24 * hour, until: hour },
      { last: 0, now: hour },
      true,
    ],
    ['not before that', { refreshMs: 24 * hour, until: hour }, { last: 0, now: hour - 1 }, false],
    ['once for that', { refreshMs: 24 * hour, until: hour }, { last: hour, now: hour + 1 }, false],
    ['never without an interval', {}, { last: 0, now: 24 * hour }, false],
  ])(
    'are read again %s',
    (_when, { until, ...record }: { readonly refreshMs?: number; readonly until?: number }, at, wanted) => {
      const ends = until === undefined ? {} : { until: new Date(until).toISOString() };
      expect(isDue({ ...record, ...ends }, at)).toBe(wanted);
    },
  );
});
