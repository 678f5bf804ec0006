import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Application } from '../../../../shared/model/application.ts';
import type { Head } from '../../../../shared/model/head.ts';
import { followCauses, type SyncJob } from '../../../../shared/model/job.ts';
import type { Operation } from '../../../../shared/model/operation.ts';
import { healthCodes } from '../../../../shared/model/status.ts';
import { type AskedJob, endOfJob, isToBeWatched } from '../../../../shared/workflows/jobs/end-of-job.ts';
import { headAt, operationOf } from '../../plan/heads.ts';
import { shop } from '../../plan/samples.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const ago = (ms: number): string => new Date(now - ms).toISOString();
const automated: Application = {
  ...shop,
  syncPolicy: { ...shop.syncPolicy, automated: { prune: true, selfHeal: true, allowEmpty: false } },
};

const follow = (cause: (typeof followCauses)[number]): SyncJob => ({ work: 'follow', application: 'shop', cause });
const sync: SyncJob = { work: 'sync', application: 'shop' };
const rollback: SyncJob = { work: 'rollback', application: 'shop' };
const all: readonly SyncJob[] = [...followCauses.map(follow), sync, rollback];

const asked = (job: SyncJob, application = automated): AskedJob => ({ job, origin: 'mine', application });
const withOperation = (renderDigest: string, given: Partial<Operation>, more: Partial<Head> = {}): Head =>
  headAt('A', { operation: operationOf(renderDigest, { finishedAt: ago(60_000), ...given }), ...more });

const running = (origin: string): Head => withOperation('B', { phase: 'Running', origin, message: 'waiting for web' });
const failed = (given: Partial<Operation> = {}): Head =>
  withOperation('B', { phase: 'Failed', origin: 'mine', ...given });
const progressing = (finishedAt: string): Head =>
  withOperation('A', { finishedAt }, { health: { code: 'Progressing', message: '0 of 1 replicas' } });

const ends = (jobs: readonly SyncJob[], head: Head | undefined, application = automated): readonly string[] =>
  jobs.map((job) => endOfJob(asked(job, application), head, now).is);

describe('A job', () => {
  it('of an application without any state is done', () => {
    expect(new Set(ends(all, undefined))).toEqual(new Set(['done']));
  });

  it('whose sync is not over goes on soon, and says what it waits for', () => {
    const end = endOfJob(asked(follow('git')), running('mine'), now);
    expect(end).toEqual({ is: 'again', afterMs: 10_000, waitsFor: 'waiting for web' });
    expect(
      ends([...followCauses.filter((cause) => cause !== 'health').map(follow), sync, rollback], running('mine')),
    ).toEqual(Array(6).fill('again'));
  });

  it.each<[string, SyncJob, Application, string]>([
    ['that follows Git waits for what somebody else has begun, and goes on with it', follow('git'), automated, 'again'],
    ['that tries again does so too', follow('retry'), automated, 'again'],
    ['of a person does so too', sync, shop, 'again'],
    ['that goes back does so too', rollback, shop, 'again'],
    ['that follows Git leaves it where nothing is automated', follow('git'), shop, 'done'],
    ['that repairs leaves it to others', follow('drift'), automated, 'done'],
    ['that reads secrets leaves it to others', follow('secret'), automated, 'done'],
    ['that watches leaves it to others', follow('health'), automated, 'done'],
  ])('%s', (_title, job, application, wanted) => {
    expect(ends([job], running('other'), application)).toEqual([wanted]);
  });

  it('whose sync has failed tries again where it may, when it is due', () => {
    expect(endOfJob(asked(follow('git')), failed({ finishedAt: ago(2_000) }), now)).toEqual({
      is: 'again',
      afterMs: 3_000,
      waitsFor: expect.stringContaining('the next attempt is due in'),
    });
    expect(endOfJob(asked(follow('git')), failed(), now)).toEqual({
      is: 'again',
      afterMs: 10_000,
      waitsFor: 'the next attempt',
    });
  });

  it.each<[string, SyncJob, Partial<Operation>, Application]>([
    ['for good', follow('git'), { attempt: 9 }, automated],
    [
      'and is due in minutes only: a scan finds it then',
      follow('git'),
      { attempt: 6, retryable: true, finishedAt: ago(0) },
      automated,
    ],
    ['and nothing is automated', follow('git'), {}, shop],
    ['and a person had asked for it, who is told', sync, {}, automated],
    ['and it was a repair, which the next scan decides on', follow('drift'), {}, automated],
  ])('whose sync has failed %s is done', (_title, job, given, application) => {
    expect(ends([job], failed(given), application)).toEqual(['done']);
  });

  it('that is over is done, however its rollout stands', () => {
    expect(
      new Set(
        ends(
          all.filter((job) => job !== all[4]),
          progressing(ago(1_000)),
        ),
      ),
    ).toEqual(new Set(['done']));
  });
});

describe('A watch', () => {
  it.each<[string, Head, boolean]>([
    ['goes on while a fresh sync rolls out', progressing(ago(1_000)), true],
    ['goes on for a quarter of an hour', progressing(ago(15 * 60_000 - 1)), true],
    ['ends then', progressing(ago(15 * 60_000)), false],
    [
      'ends where nobody knows when the sync was',
      withOperation(
        'A',
        { finishedAt: 'never' },
        progressing('').health && { health: { code: 'Progressing', message: '' } },
      ),
      false,
    ],
    ['ends when the rollout has', headAt('A', { operation: operationOf('A', { finishedAt: ago(1_000) }) }), false],
    ['ends when another sync has begun', running('other'), false],
  ])('%s', (_title, head, wanted) => {
    expect(isToBeWatched(head, now)).toBe(wanted);
    expect(endOfJob(asked(follow('health')), head, now).is).toBe(wanted ? 'again' : 'done');
  });
});

describe('Whatever is left to do', () => {
  const head = fc
    .record({
      phase: fc.constantFrom('Running' as const, 'Succeeded' as const, 'Failed' as const),
      origin: fc.constantFrom('mine', 'other'),
      attempt: fc.integer({ min: 1, max: 20 }),
      retryable: fc.boolean(),
      passed: fc.integer({ min: -3_600_000, max: 3_600_000 }),
      health: fc.constantFrom(...healthCodes),
      digest: fc.constantFrom('A', 'B'),
    })
    .map(({ digest, passed, health, ...given }) =>
      withOperation(digest, { ...given, finishedAt: ago(passed) }, { health: { code: health, message: '' } }),
    );

  it('is never waited for longer than a minute, nor without any wait', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(shop, automated), head, (job, application, each) => {
        const end = endOfJob(asked(job, application), each, now);
        if (end.is !== 'again') return;
        expect(end.afterMs).toBeGreaterThanOrEqual(1_000);
        expect(end.afterMs).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});
