import { describe, expect, it } from '@jest/globals';
import type { ObjectResult } from '../../../shared/model/change.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import { advance } from '../../../shared/plan/advance.ts';

const now = '2026-01-02T03:04:05.000Z';
const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const operation: Operation = {
  id: 'o1',
  reason: 'git',
  phase: 'Running',
  sources: [],
  renderDigest: 'd',
  snapshot: '20260102-030405-000-3f2a1bc',
  changes: { added: 0, changed: 1, removed: 0 },
  prune: false,
  selected: [],
  cursor: 0,
  attempt: 1,
  startedAt: '2026-01-02T03:04:00Z',
  message: 'started',
  results: [],
  lease: { holder: 'me', until: '2026-01-02T03:05:00Z' },
};
const result = (action: ObjectResult['action'], message = ''): ObjectResult => ({ ref, wave: 0, action, message });
const quiet = { results: [], degraded: [], blockedBy: [] };

describe('advance', () => {
  it('moves the cursor past a wave that is done and keeps its lease', () => {
    const after = advance(operation, { ...quiet, index: 0, count: 2 }, now);
    expect(after).toMatchObject({ phase: 'Running', cursor: 1, lease: operation.lease });
  });

  it('succeeds after the last wave and lets go of the lease', () => {
    const after = advance(operation, { ...quiet, index: 1, count: 2 }, now);
    expect(after).toMatchObject({ phase: 'Succeeded', cursor: 2, finishedAt: now });
    expect(after.lease).toBeUndefined();
  });

  it('keeps the results of what changed and not of what was left as it is', () => {
    const after = advance(
      operation,
      { ...quiet, index: 0, count: 1, results: [result('created'), result('unchanged')] },
      now,
    );
    expect(after.results.map(({ action }) => action)).toEqual(['created']);
  });

  it.each([
    [
      'an object that could not be applied',
      { results: [result('failed', 'quota exceeded')] },
      '1 object failed; first: quota exceeded',
    ],
    [
      'an object with several problems',
      { results: [result('failed', 'ExternalSecret shop/db:\n  a is wrong\n  b is wrong\n  c is wrong')] },
      '1 object failed; first: ExternalSecret shop/db: a is wrong, and 2 more',
    ],
    [
      'a degraded object',
      { degraded: [{ ref, message: 'deadline exceeded' }] },
      'unhealthy: Deployment shop/web (deadline exceeded)',
    ],
    [
      'a wave out of time',
      { blockedBy: [{ ref, message: '1 of 3 replicas' }] },
      'the wave did not become healthy in time; still waiting for Deployment shop/web (1 of 3 replicas)',
    ],
  ])('fails on %s, says so, and stays at the wave', (_case, report, message) => {
    const after = advance(operation, { ...quiet, index: 0, count: 2, ...report }, now);
    expect(after).toMatchObject({ phase: 'Failed', cursor: 0, message });
    expect(after.lease).toBeUndefined();
  });
});
