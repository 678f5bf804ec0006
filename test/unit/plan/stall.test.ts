import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectResult } from '../../../shared/model/change.ts';
import type { Operation, Stalled } from '../../../shared/model/operation.ts';
import type { WaveReport } from '../../../shared/plan/advance.ts';
import { stall, timeLeftOf, unstall } from '../../../shared/plan/stall.ts';
import { operationOf } from './heads.ts';

const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const start = '2026-01-01T12:00:00.000Z';
const later = '2026-01-01T12:05:00.000Z';
const running: Operation = operationOf('B', { phase: 'Running' });

const result = (action: ObjectResult['action']): ObjectResult => ({ ref, wave: 0, action, message: '' });

function report(given: Partial<WaveReport> = {}): WaveReport {
  const blockedBy = [{ ref, message: '0 of 1 replicas are ready' }];
  return { index: 0, count: 2, results: [result('unchanged')], degraded: [], blockedBy, ...given };
}

const minutes = (count: number): number => count * 60_000;
const at = Date.parse(start);

describe('An operation that is left in a wave', () => {
  it('says what it waits for', () => {
    expect(stall(running, report(), start).message).toBe('waiting for Deployment shop/web (0 of 1 replicas are ready)');
  });

  it('names three objects at most', () => {
    const blockedBy = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ref: { ...ref, name }, message: 'not ready' }));
    expect(stall(running, report({ blockedBy }), start).message).toMatch(/shop\/c \(not ready\) and 2 more$/);
  });

  it('counts how often that was, and since when', () => {
    const twice = stall(stall(running, report(), start), report(), later);
    expect(twice.stalled).toEqual({ wave: 0, handBacks: 2, since: start });
  });

  it('counts anew when something was applied, yet the wave gets no more time for it', () => {
    const once = stall(running, report({ results: [result('configured')] }), start);
    const again = stall(once, report({ results: [result('configured')] }), later);
    expect(again.stalled).toEqual({ wave: 0, handBacks: 1, since: start });
  });

  it('counts anew in another wave, from then on', () => {
    const next = stall(stall(running, report(), start), report({ index: 1 }), later);
    expect(next.stalled).toEqual({ wave: 1, handBacks: 1, since: later });
  });

  it('remembers that while earlier waves are gone through once more, and no longer', () => {
    const stalled = stall(running, report({ index: 1 }), start);
    expect(unstall(stalled, 0)).toEqual(stalled);
    expect(unstall(stalled, 1)).not.toHaveProperty('stalled');
  });
});

describe('The time that a wave has left', () => {
  const asked = { index: 0, waveTimeoutMs: minutes(15), now: at };
  const stalled: Stalled = { wave: 0, handBacks: 1, since: start };

  it.each<[string, Partial<Stalled>, Partial<typeof asked>, number]>([
    ['is all of it at first', {}, {}, minutes(15)],
    ['is less by what has passed', {}, { now: at + minutes(5) }, minutes(10)],
    ['is none when it has passed', {}, { now: at + minutes(15) }, 0],
    ['is none when more has passed', {}, { now: at + minutes(60) }, 0],
    ['is all of it for another wave', {}, { index: 1, now: at + minutes(60) }, minutes(15)],
    ['is all of it when the clock was set back', {}, { now: at - minutes(60) }, minutes(15)],
    ['is all of it when nobody can read since when', { since: 'yesterday' }, {}, minutes(15)],
    ['is none after 500 hand-backs, whatever the clock says', { handBacks: 500 }, { now: at - minutes(60) }, 0],
  ])('%s', (_title, given, more, wanted) => {
    expect(timeLeftOf({ ...stalled, ...given }, { ...asked, ...more })).toBe(wanted);
  });

  const moments = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const anyStall = fc.record({
    wave: fc.integer({ min: 0, max: 3 }),
    handBacks: fc.integer({ min: 1, max: 600 }),
    since: moments.map((ms) => new Date(ms).toISOString()),
  });
  const anyAsked = fc.record({
    index: fc.integer({ min: 0, max: 3 }),
    waveTimeoutMs: fc.integer({ min: 0, max: 86_400_000 }),
    now: moments,
  });

  it('is never negative, and never more than a whole wave has', () => {
    fc.assert(
      fc.property(anyStall, anyAsked, (given, each) => {
        const left = timeLeftOf(given, each);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(each.waveTimeoutMs);
      }),
    );
  });

  it('comes to an end after some hand-backs without progress, on any clock', () => {
    fc.assert(
      fc.property(fc.array(moments, { minLength: 500, maxLength: 500 }), (clock) => {
        const left = clock.reduce((operation, now) => stall(operation, report(), new Date(now).toISOString()), running);
        const asked = { index: 0, waveTimeoutMs: minutes(15), now: clock.at(-1) ?? 0 };
        expect(timeLeftOf(left.stalled as Stalled, asked)).toBe(0);
      }),
      { numRuns: 5 },
    );
  });
});
