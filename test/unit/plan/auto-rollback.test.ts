import { describe, expect, it } from '@jest/globals';
import { type Application, autoRollbackAnnotation } from '../../../shared/model/application.ts';
import type { Head } from '../../../shared/model/head.ts';
import { decideAutoRollback } from '../../../shared/plan/auto-rollback.ts';
import { deployedOf, headAt, noteFor, operationOf, pinTo, refusalOf } from './heads.ts';
import { shop } from './samples.ts';

const asking: Application = { ...shop, annotations: { [autoRollbackAnnotation]: 'true' } };
const failedOperation = operationOf('B', { phase: 'Failed', message: 'still waiting for web' });
const snapshots = [noteFor('A'), noteFor('B', { outcome: 'Failed', health: 'Degraded' })];
/** A was deployed and ran; B failed on its way. */
const failed = headAt('A', { operation: failedOperation, snapshots });
/** B is deployed and turned out Degraded. */
const degraded = headAt('B', {
  health: { code: 'Degraded', message: 'Deployment shop/web: crashes' },
  snapshots: [noteFor('A'), noteFor('B', { health: 'Degraded' })],
});

describe('an application that asks for it', () => {
  it('goes back from a sync that failed for good, and says why', () =>
    expect(decideAutoRollback(asking, failed)).toEqual({
      to: noteFor('A'),
      why: 'the sync failed: still waiting for web',
    }));

  it('goes back from a sync that ended Degraded, and says why', () =>
    expect(decideAutoRollback(asking, degraded)).toEqual({
      to: noteFor('A'),
      why: 'the sync ended Degraded: Deployment shop/web: crashes',
    }));

  it.each<[what: string, head: Head]>([
    ['goes on', headAt('A', { operation: operationOf('B', { phase: 'Running' }), snapshots })],
    ['may pass', { ...failed, operation: { ...failedOperation, retryable: true } }],
    ['was of selected objects', { ...failed, operation: { ...failedOperation, selected: [':*:x'] } }],
    ['was a rollback itself', { ...failed, operation: { ...failedOperation, reason: 'rollback' } }],
    ['was a restore', { ...failed, operation: { ...failedOperation, reason: 'restore' } }],
    ['ended well', headAt('B', { snapshots: [noteFor('A'), noteFor('B')] })],
    ['is still rolling out', { ...degraded, health: { code: 'Progressing', message: '' } }],
    ['was of what had run before', { ...degraded, snapshots: [noteFor('A'), noteFor('B')] }],
    ['is pinned', { ...failed, pin: pinTo('A') }],
    ['has nothing before it', { ...failed, snapshots: snapshots.slice(1), deployed: deployedOf('B') }],
    ['has nothing before it but what was refused', { ...failed, refused: [refusalOf('A')] }],
  ])('stays where it is when the sync %s', (_, head) => expect(decideAutoRollback(asking, head)).toBeUndefined());
});

describe('an application that does not ask for it', () => {
  it.each([undefined, 'false', 'yes', ''])('stays where it is with the annotation %j', (value) => {
    const annotations: Application['annotations'] = value === undefined ? {} : { [autoRollbackAnnotation]: value };
    expect(decideAutoRollback({ ...shop, annotations }, failed)).toBeUndefined();
    expect(decideAutoRollback({ ...shop, annotations }, degraded)).toBeUndefined();
  });
});
