import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { missingFrom, unfinishedRollout } from '../../demo/compare-objects.ts';

describe('missingFrom', () => {
  it.each<{ promise: string; wanted: Json; live: Json; differences: readonly string[] }>([
    { promise: 'finds nothing in equal objects', wanted: { a: [1, 'x'] }, live: { a: [1, 'x'] }, differences: [] },
    { promise: 'allows what nobody asked for', wanted: { a: 1 }, live: { a: 1, b: 2 }, differences: [] },
    { promise: 'allows an empty map to be left out', wanted: { a: {} }, live: {}, differences: [] },
    {
      promise: 'names an absent field',
      wanted: { a: { b: 1 } },
      live: { a: {} },
      differences: ['a.b should be 1 and is absent'],
    },
    {
      promise: 'names a field in a list',
      wanted: { a: [{ b: 1 }] },
      live: { a: [{ b: 2 }] },
      differences: ['a[0].b should be 1 and is 2'],
    },
    {
      promise: 'notices an entry too many',
      wanted: { a: [1] },
      live: { a: [1, 2] },
      differences: ['a should be [1] and is [1,2]'],
    },
    {
      promise: 'tells numbers from texts',
      wanted: { a: 80 },
      live: { a: '80' },
      differences: ['a should be 80 and is "80"'],
    },
  ])('$promise', ({ wanted, live, differences }) => {
    expect(missingFrom(wanted, live)).toEqual(differences);
  });
});

describe('unfinishedRollout', () => {
  const deployment = (status: Json, generation = 2): Manifest => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', generation },
    spec: { replicas: 2 },
    status,
  });
  const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

  it('finds nothing when all replicas are new and available', () => {
    expect(unfinishedRollout(deployment(done))).toBeUndefined();
  });
  it('does not trust a status from before the change', () => {
    expect(unfinishedRollout(deployment(done, 3))).toMatch(/has not seen the change/);
  });
  it('counts what is missing', () => {
    expect(unfinishedRollout(deployment({ ...done, replicas: 3, updatedReplicas: 1 }))).toBe(
      '3 of 2 replicas total, 1 of 2 replicas updated',
    );
  });
  it('has nothing to say of other kinds', () => {
    expect(unfinishedRollout({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } })).toBeUndefined();
  });
});
