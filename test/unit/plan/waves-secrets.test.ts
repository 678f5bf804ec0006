import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { planWaves } from '../../../shared/plan/waves.ts';
import { manifest, shop, targetsOf, wave } from './samples.ts';

const declaredBy = { group: 'external-secrets.io', kind: 'ExternalSecret', namespace: 'shop', name: 'db' };
const reader = (name: string, number: number, namespace?: string): Manifest => {
  const containers = [{ name: 'main', envFrom: [{ secretRef: { name: 'db' } }] }];
  const made = manifest('Deployment', name, wave(number));
  const metadata = { ...made.metadata, ...(namespace === undefined ? {} : { namespace }) };
  return { ...made, metadata, spec: { template: { spec: { containers } } } };
};

/** The wave of the Secret `db`, resolved or as Git has it, beside some workloads. */
function waveOfSecret(number: number, workloads: readonly Manifest[], isResolved = true): number | undefined {
  const targets = targetsOf([manifest('Secret', 'db', wave(number)), ...workloads]);
  const known = targets.map((target) =>
    target.ref.kind === 'Secret' && isResolved ? { ...target, declaredBy } : target,
  );
  const waves = planWaves({ targets: known, prunable: [], application: shop });
  return waves.find(({ groups }) => groups.flat().some(({ ref }) => ref.kind === 'Secret'))?.wave;
}

describe('A Secret that is resolved', () => {
  it.each([
    ['a later wave than its user', 3, [reader('web', 1)], 1],
    ['a later wave than several users', 3, [reader('web', 2), reader('api', -1)], -1],
    ['an earlier wave than its user', -2, [reader('web', 1)], -2],
    ['a later wave than a user of its name in another namespace', 3, [reader('web', 1, 'elsewhere')], 3],
    ['any wave, with nobody who uses it', 3, [manifest('Deployment', 'web')], 3],
  ])('of %s comes when it is needed', (_what, number, workloads, expected) => {
    expect(waveOfSecret(number, workloads)).toBe(expected);
  });

  it('differs in that from one that Git has as it is', () => {
    expect(waveOfSecret(3, [reader('web', 1)], false)).toBe(3);
  });
});
