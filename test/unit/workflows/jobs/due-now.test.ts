import { describe, expect, it } from '@jest/globals';
import type { Application } from '../../../../shared/model/application.ts';
import type { Head } from '../../../../shared/model/head.ts';
import { defaultProject } from '../../../../shared/model/project.ts';
import type { SecretRecord } from '../../../../shared/model/secret-record.ts';
import type { WantedByGit } from '../../../../shared/model/wanted.ts';
import { specOf } from '../../../../shared/state/wanted.ts';
import { dueNow, inDoubt } from '../../../../shared/workflows/jobs/due-now.ts';
import type { Member } from '../../../../shared/workflows/jobs/member.ts';
import { headAt, noteFor, operationOf, pinTo, refusalOf, sourcesOf } from '../../plan/heads.ts';
import { shop } from '../../plan/samples.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const ago = (ms: number): string => new Date(now - ms).toISOString();
const automated: Application = {
  ...shop,
  syncPolicy: { ...shop.syncPolicy, automated: { prune: true, selfHeal: true, allowEmpty: false } },
};
const cautious: Application = { ...automated, annotations: { 'plumbline.dev/auto-rollback': 'true' } };

type Given = {
  readonly head?: Head;
  /** What Git wants, by its name. */
  readonly git?: string;
  readonly problem?: string;
  readonly application?: Application;
};

function member({ head, git, problem, application = automated }: Given): Member {
  const spec = specOf(application, defaultProject);
  const tools = { helm: 'v4', kustomize: 'v5' };
  const wanted: WantedByGit = {
    application: 'shop',
    project: 'default',
    at: '',
    origin: '',
    ...(git === undefined
      ? {}
      : { rendered: { spec, sources: sourcesOf(git), renderDigest: git, warnings: [], tools } }),
    ...(problem === undefined ? {} : { problem: { spec, message: problem } }),
  };
  const followed = { declared: { application, origin: 'control' }, project: defaultProject };
  return { followed, ...(head === undefined ? {} : { head }), ...((git ?? problem) ? { wanted } : {}) };
}

const due = (given: Given): string | undefined => dueNow([member(given)], now).get('shop');
const at = (digest: string, given: Parameters<typeof operationOf>[1], more: Partial<Head> = {}): Head =>
  headAt('A', { operation: operationOf(digest, { finishedAt: ago(3_600_000), ...given }), ...more });

const lease = (ms: number) => ({ holder: 'somebody', until: new Date(now + ms).toISOString() });
const broken = 'there is no such path';
const told: Partial<Head> = { sync: { code: 'Unknown', message: broken } };

describe('An application', () => {
  it.each<[string, Given, string | undefined]>([
    ['that is as Git wants it has nothing to do', { head: headAt('A'), git: 'A' }, undefined],
    ['that was never rendered has nothing to do', { head: headAt('A') }, undefined],
    ['whose newest commit was not synced is', { head: headAt('A'), git: 'B' }, 'retry'],
    ['that was never synced is', { git: 'A' }, 'retry'],
    ['that is synced by hand is not', { head: headAt('A'), git: 'B', application: shop }, undefined],
    ['whose attempt is due again is', { head: at('B', { phase: 'Failed' }), git: 'B' }, 'retry'],
    [
      'whose attempt is not due yet is not',
      { head: at('B', { phase: 'Failed', finishedAt: ago(1_000) }), git: 'B' },
      undefined,
    ],
    ['whose attempts are used up is not', { head: at('B', { phase: 'Failed', attempt: 9 }), git: 'B' }, undefined],
    [
      'whose sync was killed is, when its lease is over',
      { head: at('B', { phase: 'Running', lease: lease(-1) }), git: 'B' },
      'retry',
    ],
    ['that is being synced is not', { head: at('B', { phase: 'Running', lease: lease(1_000) }), git: 'B' }, undefined],
    [
      'whose sync was left a moment ago is not',
      { head: at('B', { phase: 'Running' }, { checkedAt: ago(60_000) }), git: 'B' },
      undefined,
    ],
    [
      'whose sync was left for long is',
      { head: at('B', { phase: 'Running' }, { checkedAt: ago(180_000) }), git: 'B' },
      'retry',
    ],
    [
      'whose sync was left in the future is, for the clock was set back',
      { head: at('B', { phase: 'Running' }, { checkedAt: ago(-60_000) }), git: 'B' },
      'retry',
    ],
    ['that went back and has not arrived is', { head: headAt('B', { pin: pinTo('A') }), git: 'B' }, 'retry'],
    [
      'that went back and has not arrived is, though Git is broken',
      { head: headAt('B', { pin: pinTo('A'), ...told }), problem: broken },
      'retry',
    ],
    [
      'that went back by hand, and is synced by hand, is not',
      { head: headAt('B', { pin: pinTo('A') }), git: 'B', application: shop },
      undefined,
    ],
    [
      'that went back and has arrived is not',
      { head: headAt('A', { pin: pinTo('A'), refused: [refusalOf('B')] }), git: 'B' },
      undefined,
    ],
    [
      'that Git has moved on from its pin is',
      { head: headAt('A', { pin: pinTo('A'), refused: [refusalOf('B')] }), git: 'C' },
      'retry',
    ],
    [
      'that Git wants back to what was refused is not',
      { head: headAt('A', { refused: [refusalOf('B')] }), git: 'B' },
      undefined,
    ],
    [
      'whose newest commit is broken, as was said, is not',
      { head: headAt('A', told), git: 'B', problem: broken },
      undefined,
    ],
    [
      'whose newest commit is broken, which nobody has said yet, is',
      { head: headAt('A'), git: 'A', problem: broken },
      'retry',
    ],
    ['that was never synced, and whose commit is broken, is', { problem: broken }, 'retry'],
    [
      'that is kept whatever Git says is not, though Git is broken',
      { head: headAt('A', { pin: pinTo('A', { until: 'unpinned' }) }), problem: broken },
      undefined,
    ],
    [
      'that asks to go back from a bad merge is',
      {
        head: headAt('B', {
          health: { code: 'Degraded', message: 'no image' },
          snapshots: [noteFor('A'), noteFor('B', { health: 'Degraded' })],
        }),
        git: 'B',
        application: cautious,
      },
      'retry',
    ],
  ])('%s due', (_title, given, wanted) => {
    expect(due(given)).toBe(wanted);
  });

  it('that was declared otherwise since it was rendered is left to those who render', () => {
    const { followed, ...rest } = member({ head: headAt('A'), git: 'B' });
    const moved = { ...automated, destination: { server: 'https://other', namespace: 'shop' } };
    const later: Member = {
      ...rest,
      followed: { ...followed, declared: { ...followed.declared, application: moved } },
    };
    expect(dueNow([later], now).size).toBe(0);
  });
});

describe('Secrets', () => {
  const target = { group: '', kind: 'Secret', namespace: 'shop', name: 'db' };
  const record: SecretRecord = { declaredBy: target, target, reads: [], refreshMs: 3_600_000 };
  const read = (more: Partial<Head>): string | undefined =>
    due({ head: headAt('A', { secrets: [record], ...more }), git: 'A' });

  it.each<[string, Partial<Head>, string | undefined]>([
    ['that were read an hour ago are read again', { secretsReadAt: ago(3_600_000) }, 'secret'],
    ['that were read a moment ago are not', { secretsReadAt: ago(60_000) }, undefined],
    [
      'that a sync has read since are not',
      { secretsReadAt: ago(7_200_000), operation: operationOf('A', { finishedAt: ago(60_000) }) },
      undefined,
    ],
    ['that were never read by the clock are', {}, 'secret'],
  ])('%s', (_title, more, wanted) => {
    expect(read(more)).toBe(wanted);
  });

  it('are left to a sync that is due as well: it reads them too', () => {
    expect(due({ head: headAt('A', { secrets: [record] }), git: 'B' })).toBe('retry');
  });
});

describe('What is in doubt', () => {
  const doubted = (given: Given): readonly string[] => {
    const members = [member(given)];
    return inDoubt(members, dueNow(members, now));
  };

  it.each<[string, Given, readonly string[]]>([
    [
      'is an application of which something had failed',
      { head: headAt('A', { sync: { code: 'Unknown', message: 'no answer' } }), git: 'A' },
      ['shop'],
    ],
    ['is none that is known', { head: headAt('A'), git: 'A' }, []],
    ['is none whose newest commit is broken', { head: headAt('A', told), git: 'A', problem: broken }, []],
    [
      'is none that is to be synced anyway',
      { head: headAt('A', { sync: { code: 'Unknown', message: 'too much would go' } }), git: 'B' },
      [],
    ],
  ])('%s', (_title, given, wanted) => {
    expect(doubted(given)).toEqual(wanted);
  });
});
