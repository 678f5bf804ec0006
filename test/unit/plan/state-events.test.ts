import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Announced } from '../../../shared/model/announced.ts';
import { type Head, newHead } from '../../../shared/model/head.ts';
import { syncReasons } from '../../../shared/model/operation.ts';
import { healthCodes, syncCodes } from '../../../shared/model/status.ts';
import { announcedOf, stateEvents } from '../../../shared/plan/state-events.ts';
import { headAt, operationOf } from './heads.ts';

const at = '2026-01-03T00:00:00.000Z';
const told = (head: Head): Announced => ({ ...announcedOf(head), at: '2026-01-02T00:00:00.000Z' });
const types = (before: Announced | undefined, head: Head): readonly string[] =>
  stateEvents(before, head, at).map(({ type }) => type.replace('plumbline.', ''));

const synced = headAt('A');
const failed = headAt('A', {
  operation: operationOf('B', { id: 'op-b', phase: 'Failed', message: 'it is refused' }),
  sync: { code: 'OutOfSync', message: 'it is refused' },
});
const running = headAt('A', {
  operation: operationOf('B', { id: 'op-b', phase: 'Running' }),
  sync: { code: 'OutOfSync', message: 'waiting for Deployment shop/web' },
});
const troubled = headAt('A', { sync: { code: 'Unknown', message: 'the chart is not there' } });
const drifted = headAt('A', { sync: { code: 'OutOfSync', message: '1 differ: ConfigMap shop/prompts' } });
const fresh = newHead('shop', 'default', 'prod');

describe('What is told of an application', () => {
  it.each<[string, Announced | undefined, Head, readonly string[]]>([
    [
      'that was never told of is how its operation ended, and its health',
      undefined,
      synced,
      ['sync.succeeded', 'health'],
    ],
    ['that has not changed is nothing', told(synced), synced, []],
    ['whose sync has failed is that', told(synced), failed, ['sync.failed']],
    ['whose sync goes on is nothing yet', told(synced), running, []],
    [
      'whose first sync goes on is its health alone',
      undefined,
      { ...fresh, operation: running.operation } as Head,
      ['health'],
    ],
    ['whose sync has ended since it was seen to run is how it ended', told(running), failed, ['sync.failed']],
    ['that cannot be synced at all is that', told(synced), troubled, ['sync.failed']],
    ['that still cannot be is nothing', told(troubled), troubled, []],
    [
      'that cannot be for another reason is that',
      told(troubled),
      { ...troubled, sync: { code: 'Unknown', message: 'the cluster does not answer' } },
      ['sync.failed'],
    ],
    [
      'that cannot be synced while an earlier sync is half done is that',
      told(running),
      { ...running, sync: troubled.sync },
      ['sync.failed'],
    ],
    ['that has drifted is that', told(synced), drifted, ['drifted']],
    ['that still drifts is nothing', told(drifted), drifted, []],
    [
      'that nobody was told of before has not drifted',
      undefined,
      { ...drifted, operation: undefined } as unknown as Head,
      ['health'],
    ],
    [
      'whose health is another is that',
      told(synced),
      headAt('A', { health: { code: 'Degraded', message: 'web: no image' } }),
      ['health'],
    ],
    [
      'of which only the message of its health is another is nothing',
      told(synced),
      headAt('A', { health: { code: 'Healthy', message: 'a note' } }),
      [],
    ],
  ])('%s', (_title, before, head, wanted) => {
    expect(types(before, head)).toEqual(wanted);
  });

  it.each(syncReasons)('after a sync for the reason %s that succeeded is named for it', (reason) => {
    const named = { drift: 'repaired', rollback: 'rolled-back', restore: 'restored' } as const;
    const head = headAt('A', { operation: operationOf('A', { id: 'next', reason }) });
    expect(types(told(synced), head)).toEqual([
      reason in named ? named[reason as keyof typeof named] : 'sync.succeeded',
    ]);
  });

  it('of a sync names what was to be deployed, and of health what is', () => {
    const head = { ...failed, health: { code: 'Degraded', message: '' } } as const;
    const [ended, health] = stateEvents(told(synced), head, at);
    expect([ended?.revisions, health?.revisions]).toEqual([['b'.repeat(40)], ['a'.repeat(40)]]);
  });

  it('says what is wrong, also where an operation had failed before', () => {
    const after = { ...failed, sync: { code: 'Unknown', message: 'the chart is not there' } } as const;
    const [event] = stateEvents(told(failed), after, at);
    expect(event).toMatchObject({ type: 'plumbline.sync.failed', message: 'the chart is not there' });
    expect(event?.id).not.toBe(stateEvents(told(synced), failed, at)[0]?.id);
  });

  it('goes back to what asked for it', () => {
    const head = headAt('A', { operation: operationOf('A', { id: 'next', origin: 'github delivery 1' }) });
    expect(stateEvents(told(synced), head, at)[0]?.origin).toBe('github delivery 1');
  });
});

describe('An event', () => {
  const anyHead = fc
    .record({
      health: fc.constantFrom(...healthCodes),
      sync: fc.constantFrom(...syncCodes),
      id: fc.constantFrom('one', 'two'),
      phase: fc.constantFrom('Running' as const, 'Succeeded' as const, 'Failed' as const),
    })
    .map(({ health, sync, id, phase }) =>
      headAt('A', {
        health: { code: health, message: '' },
        sync: { code: sync, message: sync },
        operation: operationOf('A', { id, phase }),
      }),
    );
  const anyBefore = fc.option(anyHead.map(told), { nil: undefined });
  const ids = (before: Announced | undefined, head: Head, when: string): readonly string[] =>
    stateEvents(before, head, when).map(({ id }) => id);

  it('that is told again by somebody who does not know that it was told has the same id, whenever that is', () => {
    fc.assert(
      fc.property(anyBefore, anyHead, (before, head) => {
        expect(ids(before, head, '2026-02-01T00:00:00.000Z')).toEqual(ids(before, head, at));
      }),
    );
  });

  it('has another id than all events that were told before', () => {
    fc.assert(
      fc.property(fc.array(anyHead, { minLength: 2, maxLength: 12 }), (heads) => {
        let before: Announced | undefined;
        const seen: string[] = [];
        for (const [index, head] of heads.entries()) {
          const when = new Date(Date.UTC(2026, 0, 1) + index).toISOString();
          // How one and the same operation ended is told once more where somebody saw it run in between.
          seen.push(...ids(before, head, when).filter((id) => /trouble|health|drifted/.test(id)));
          before = { ...announcedOf(head), at: when };
        }
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });

  it('is none for what was just announced', () => {
    fc.assert(fc.property(anyHead, (head) => expect(stateEvents(told(head), head, at)).toEqual([])));
  });
});
