import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Head } from '../../../shared/model/head.ts';
import { emptyRender } from '../../../shared/model/render.ts';
import { notToGoBackTo, pinHead, unfinishedPin, unpinHead } from '../../../shared/plan/pin.ts';
import { deployedOf, headAt, operationOf, pinTo, refusalOf } from './heads.ts';
import { shop } from './samples.ts';

const declared = shop.sources;
const refusedBy = (head: Head): readonly string[] => head.refused.map(({ renderDigest }) => renderDigest);
const pinned = (head: Head, to: string): Head => pinHead(head, { pin: pinTo(to), declared });

const failed = operationOf('C', { phase: 'Failed' });
const running = operationOf('C', { phase: 'Running' });

describe('a pin', () => {
  it.each<[what: string, head: Head, to: string, refused: readonly string[]]>([
    ['what is deployed', headAt('B'), 'A', ['B']],
    ['what failed before it was deployed', headAt('B', { operation: failed }), 'B', ['C']],
    ['what is on its way', headAt('B', { operation: running }), 'B', ['C']],
    ['nothing, where it is what is deployed', headAt('A'), 'A', []],
    [
      'what is deployed, while some objects are synced',
      headAt('B', { operation: { ...failed, selected: [':*:x'] } }),
      'A',
      ['B'],
    ],
    ['what is deployed, behind what was refused before', headAt('B', { refused: [refusalOf('C')] }), 'A', ['C', 'B']],
    [
      'not what it goes back to, though that was refused before',
      headAt('B', { refused: [refusalOf('A')] }),
      'A',
      ['B'],
    ],
    ['each render once', headAt('B', { refused: [refusalOf('B'), refusalOf('C')] }), 'A', ['C', 'B']],
    [
      'nothing, where nothing was ever deployed',
      { ...headAt('A'), deployed: undefined, operation: undefined } as never,
      'A',
      [],
    ],
  ])('refuses %s', (_, head, to, refused) => expect(refusedBy(pinned(head, to))).toEqual(refused));

  it('keeps of what it refuses which revisions these are, how they were declared, when and why', () => {
    const { refused } = pinHead(headAt('B'), { pin: pinTo('A', { why: 'a bad prompt' }), declared });
    expect(refused).toEqual([refusalOf('B', { why: 'a bad prompt' })]);
  });

  it('changes nothing of the head but pin and refusals', () => {
    const head = headAt('B');
    expect({ ...pinned(head, 'A'), pin: undefined, refused: [] }).toEqual({ ...head, pin: undefined });
  });

  it('never refuses what it goes back to, and never lets the list grow beyond fifty', () => {
    const digest = fc.constantFrom(...'ABCDEFGH');
    fc.assert(
      fc.property(fc.array(fc.tuple(digest, digest), { maxLength: 20 }), (moves) => {
        let head = headAt('A');
        for (const [deployed, to] of moves) {
          head = pinned({ ...head, deployed: deployedOf(deployed), operation: operationOf(deployed) }, to);
          expect(refusedBy(head)).not.toContain(to);
          expect(new Set(refusedBy(head)).size).toBe(head.refused.length);
        }
      }),
    );
    const many = Array.from({ length: 60 }, (_, index) => refusalOf(`R${index}`));
    expect(pinned(headAt('B', { refused: many }), 'A').refused).toHaveLength(50);
    expect(refusedBy(pinned(headAt('B', { refused: many }), 'A')).at(-1)).toBe('B');
  });

  it('is taken off with all refusals, and nothing else', () => {
    const head = headAt('B');
    expect(unpinHead(pinned(head, 'A'))).toEqual(head);
  });
});

describe('a rollback', () => {
  it('goes back to nothing that is deployed, on its way or refused, nor to what was left when it was taken away', () => {
    expect(notToGoBackTo(headAt('B', { refused: [refusalOf('A')] }))).toEqual(['B', 'A', emptyRender.digest]);
    expect(notToGoBackTo(headAt('B', { operation: failed }))).toEqual(['C', emptyRender.digest]);
  });

  const pin = pinTo('A');
  it.each<[what: string, head: Partial<Head>, isUnfinished: boolean]>([
    ['has arrived', { deployed: deployedOf('A'), operation: operationOf('A') }, false],
    ['was never begun', { deployed: deployedOf('B'), operation: operationOf('B') }, true],
    ['was never begun after a failed sync', { deployed: deployedOf('A'), operation: failed }, true],
    ['was never begun after an interrupted sync', { deployed: deployedOf('A'), operation: running }, true],
    ['was interrupted', { deployed: deployedOf('B'), operation: operationOf('A', { phase: 'Running' }) }, true],
    [
      'was interrupted on the way to what had been deployed',
      { deployed: deployedOf('A'), operation: operationOf('A', { phase: 'Running' }) },
      true,
    ],
    [
      'failed for a reason that may pass',
      { deployed: deployedOf('B'), operation: operationOf('A', { phase: 'Failed', retryable: true }) },
      true,
    ],
    ['failed for good', { deployed: deployedOf('B'), operation: operationOf('A', { phase: 'Failed' }) }, false],
  ])('that %s is gone on with: or not', (_, head, isUnfinished) =>
    expect(unfinishedPin(headAt('B', { pin, ...head }))).toEqual(isUnfinished ? pin : undefined),
  );

  it('is not under way without a pin', () => expect(unfinishedPin(headAt('B'))).toBeUndefined());
});
