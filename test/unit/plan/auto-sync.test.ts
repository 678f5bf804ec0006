import { describe, expect, it } from '@jest/globals';
import type { Automated } from '../../../shared/model/application.ts';
import { type Head, newHead } from '../../../shared/model/head.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import { type AutoSyncDecision, backoffAfter, decideAutoSync } from '../../../shared/plan/auto-sync.ts';
import { shop } from './samples.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

function operation(more: Partial<Operation>): Operation {
  return {
    id: '1',
    reason: 'git',
    phase: 'Succeeded',
    sources: [],
    renderDigest: 'new',
    snapshot: '20260102-030405-000-3f2a1bc',
    changes: { added: 0, changed: 1, removed: 0 },
    prune: true,
    selected: [],
    cursor: 0,
    attempt: 1,
    startedAt: ago(60),
    finishedAt: ago(60),
    message: 'immutable field',
    results: [],
    ...more,
  };
}

type Case = {
  readonly automated?: Partial<Automated> | undefined;
  readonly deployed?: string;
  readonly last?: Partial<Operation>;
  readonly drift?: { readonly changes: number; readonly toPrune: number } | undefined;
  readonly limit?: number;
};

function decide(given: Case): AutoSyncDecision {
  const { deployed, last, limit = 2 } = given;
  const automated = { prune: true, selfHeal: true, allowEmpty: false, ...given.automated };
  const head: Head = {
    ...newHead('shop', 'default', 'prod'),
    ...(deployed === undefined ? {} : { deployed: { renderDigest: deployed, sources: [], at: ago(3600) } }),
    ...(last === undefined ? {} : { operation: operation(last) }),
  };
  const retry = { ...shop.syncPolicy.retry, limit };
  const { automated: _off, ...manual } = { ...shop.syncPolicy, retry, automated };
  const syncPolicy = 'automated' in given && given.automated === undefined ? manual : { ...manual, automated };
  const drift = 'drift' in given ? given.drift : { changes: 1, toPrune: 0 };
  return decideAutoSync({ application: { ...shop, syncPolicy }, head, renderDigest: 'new', drift, now });
}

describe('automated sync starts', () => {
  it.each<[string, Case, string]>([
    ['for what was never synced', {}, 'git'],
    ['for a new render', { deployed: 'old', last: { renderDigest: 'old' } }, 'git'],
    [
      'when Git goes back to what is deployed after another render failed half-way',
      {
        automated: { selfHeal: false },
        deployed: 'new',
        last: { renderDigest: 'other', phase: 'Failed' },
        drift: undefined,
      },
      'git',
    ],
    [
      'for a new render after another failed',
      { deployed: 'older', last: { renderDigest: 'old', phase: 'Failed', attempt: 99 } },
      'git',
    ],
    ['for a retry that is due', { last: { phase: 'Failed', finishedAt: ago(5) } }, 'retry'],
    [
      'for retries without a limit',
      { limit: -1, last: { phase: 'Failed', attempt: 9, finishedAt: ago(180) } },
      'retry',
    ],
    [
      'for an operation whose worker is gone',
      { last: { phase: 'Running', reason: 'manual', lease: { holder: 'a', until: ago(1) } } },
      'manual',
    ],
    ['for drift', { deployed: 'new' }, 'drift'],
    [
      'for drift again, when its time has come',
      { deployed: 'new', last: { reason: 'drift', attempt: 2, finishedAt: ago(6) } },
      'drift',
    ],
    [
      'for drift whose repairs failed often, every 5 minutes',
      { deployed: 'new', last: { reason: 'drift', phase: 'Failed', attempt: 50, finishedAt: ago(300) } },
      'drift',
    ],
    ['for objects to prune', { deployed: 'new', drift: { changes: 0, toPrune: 1 } }, 'drift'],
  ])('%s', (_title, given, reason) => {
    expect(decide(given)).toEqual({ sync: true, reason });
  });
});

describe('automated sync does not start', () => {
  it.each<[string, Case, RegExp]>([
    ['when it is off', { automated: undefined }, /off/],
    [
      'while somebody works on it',
      { last: { phase: 'Running', lease: { holder: 'worker-1', until: ago(-60) } } },
      /worker-1/,
    ],
    ['for what is in sync', { deployed: 'new', drift: { changes: 0, toPrune: 0 } }, /in sync/],
    ['for what is unknown', { deployed: 'new', drift: undefined }, /unknown/],
    ['for drift without selfHeal', { deployed: 'new', automated: { selfHeal: false } }, /selfHeal is off/],
    [
      'for objects to prune without prune',
      { deployed: 'new', automated: { prune: false }, drift: { changes: 0, toPrune: 2 } },
      /prune 2/,
    ],
    ['before the retry is due', { last: { phase: 'Failed', attempt: 2, finishedAt: ago(7) } }, /due in 3 s/],
    [
      'for a revision whose retries are used up',
      { last: { phase: 'Failed', attempt: 3 } },
      /failed 3 times.*immutable field/,
    ],
    ['for a failed revision without retries', { limit: 0, last: { phase: 'Failed' } }, /failed once/],
    [
      'before the next repair is due',
      { deployed: 'new', last: { reason: 'drift', attempt: 3, finishedAt: ago(10) } },
      /next repair is due in 8 s/,
    ],
  ])('%s', (_title, given, because) => {
    expect(decide(given)).toMatchObject({ sync: false, because: expect.stringMatching(because) });
  });

  it('and says when to ask again', () => {
    const decision = decide({ last: { phase: 'Failed', attempt: 2, finishedAt: ago(7) } });
    expect(decision).toMatchObject({ notBefore: now + 3_000 });
  });
});

describe('the back-off', () => {
  it('grows by its factor up to its maximum', () => {
    const waits = [1, 2, 3, 4, 9].map((attempt) => backoffAfter(attempt, shop.syncPolicy.retry));
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 180_000]);
  });
});
