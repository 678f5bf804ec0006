import { describe, expect, it } from '@jest/globals';
import type { LastSeen } from '../../../shared/model/inventory.ts';
import type { LiveMetadata, LiveObject } from '../../../shared/model/manifest.ts';
import { isAsLastSeen } from '../../../shared/plan/in-sync.ts';
import type { Target } from '../../../shared/plan/target.ts';
import { entryOf, liveOf, manifest, targetsOf } from './samples.ts';

const [web] = targetsOf([manifest('Deployment', 'web', { labels: { app: 'web' }, finalizers: ['a/b'] })]) as [Target];
const applied = web.manifest.metadata;

type Case = readonly [what: string, live: Partial<LiveMetadata>, seen: Partial<LastSeen>, asLastSeen: boolean];

function live(metadata: Partial<LiveMetadata>): LiveObject {
  return { ...liveOf(web.manifest, { generation: 1, ...metadata }) };
}

describe('an object is as last seen', () => {
  it.each<Case>([
    ['with the same resourceVersion', {}, {}, true],
    ['with a new resourceVersion and the same generation', { resourceVersion: '2' }, {}, true],
    [
      'with labels and annotations of others',
      { resourceVersion: '2', labels: { ...applied.labels, other: 'x' } },
      {},
      true,
    ],
    ['not with another uid', { uid: 'uid-2' }, {}, false],
    ['not with another manifest wanted', {}, { desiredHash: 'other' }, false],
    ['not with another generation', { resourceVersion: '2', generation: 2 }, {}, false],
    ['not without one of our labels', { resourceVersion: '2', labels: {} }, {}, false],
    [
      'not with one of our annotations changed',
      { resourceVersion: '2', annotations: { ...applied.annotations, 'argocd.argoproj.io/tracking-id': 'x' } },
      {},
      false,
    ],
    ['not without our finalizer', { resourceVersion: '2', finalizers: [] }, {}, false],
    ['not while it is being deleted', { deletionTimestamp: '2026-01-01T00:00:00Z' }, {}, false],
  ])('%s', (...[, metadata, seen, expected]) => {
    expect(isAsLastSeen(entryOf(web, { generation: 1, ...seen }), live(metadata), web)).toBe(expected);
  });

  it('not with a new resourceVersion of a kind without generations', () => {
    const { generation: _none, ...metadata } = live({ resourceVersion: '2' }).metadata;
    expect(isAsLastSeen(entryOf(web), { ...web.manifest, metadata }, web)).toBe(false);
  });

  it('not when it was only planned', () => {
    const { seen: _never, ...planned } = entryOf(web);
    expect(isAsLastSeen(planned, live({}), web)).toBe(false);
  });
});
