import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { appLabel, trackingAnnotation, trackingId, trackingOwner } from '../../../shared/plan/tracking.ts';
import { manifest } from './samples.ts';

function tracked(id: string, kind = 'ConfigMap', metadata = {}): Manifest {
  return manifest(kind, 'web', { ...metadata, annotations: { [trackingAnnotation]: id } });
}

describe('the tracking id', () => {
  it('is written as Argo CD writes it', () => {
    const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
    expect(trackingId('shop', ref)).toBe('shop:apps/Deployment:shop/web');
  });

  it.each<[string, Manifest, string | undefined]>([
    ['its own', tracked('shop:/ConfigMap:shop/web', 'ConfigMap', { namespace: 'shop' }), 'shop'],
    [
      'of an Application in another namespace',
      tracked('team_shop:/ConfigMap:a/web', 'ConfigMap', { namespace: 'a' }),
      'team_shop',
    ],
    [
      'of a cluster-scoped object, with the destination namespace',
      tracked('shop:/Namespace:shop/web', 'Namespace'),
      'shop',
    ],
    ['of another name', tracked('shop:/ConfigMap:shop/api', 'ConfigMap', { namespace: 'shop' }), undefined],
    ['of another namespace', tracked('shop:/ConfigMap:shop/web', 'ConfigMap', { namespace: 'copy' }), undefined],
    ['of another kind', tracked('shop:/Secret:shop/web', 'ConfigMap', { namespace: 'shop' }), undefined],
    ['that is no id', tracked('shop'), undefined],
    ['that is absent', manifest('ConfigMap', 'web'), undefined],
  ])('names the owner: an id %s', (_title, live, application) => {
    expect(trackingOwner(live)?.application).toBe(application);
  });
});

describe('the application label', () => {
  const name = fc.stringMatching(/^[a-z0-9]([-.a-z0-9]{0,150}[a-z0-9])?$/);

  it('is a valid label value, and the name itself where that is short enough', () => {
    fc.assert(
      fc.property(name, (application) => {
        const label = appLabel(application);
        expect(label).toMatch(/^[a-z0-9]([-.a-z0-9]{0,61}[a-z0-9])?$/);
        if (application.length <= 63) expect(label).toBe(application);
      }),
    );
  });

  it('tells long names with the same beginning apart', () => {
    expect(appLabel(`${'a'.repeat(70)}-one`)).not.toBe(appLabel(`${'a'.repeat(70)}-two`));
  });
});
