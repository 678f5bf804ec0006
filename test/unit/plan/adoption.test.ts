import { describe, expect, it } from '@jest/globals';
import type { LiveObject } from '../../../shared/model/manifest.ts';
import { adoptedEntry, isWrittenByUs, type Mark, markOf } from '../../../shared/plan/adoption.ts';
import { appLabel } from '../../../shared/plan/tracking.ts';

const label = { 'plumbline.dev/app': 'shop' };
const tracked = (id: string) => ({ 'argocd.argoproj.io/tracking-id': id });
const own = tracked('shop:/ConfigMap:web/a');
const controller = { apiVersion: 'v1', kind: 'Service', name: 'a', uid: 'u', controller: true };

function live(metadata: Partial<LiveObject['metadata']> = {}, type: Partial<LiveObject> = {}): LiveObject {
  const identity = { name: 'a', namespace: 'web', uid: 'u1', resourceVersion: '1' };
  return { apiVersion: 'v1', kind: 'ConfigMap', ...type, metadata: { ...identity, ...metadata } };
}

const owned: Mark = { is: 'owned', application: 'shop' };
const stray = (reason: string): Mark => ({ is: 'stray', reason });
const longName = 'a'.repeat(100);

const marks: readonly (readonly [string, LiveObject, Mark | undefined])[] = [
  ['without label and tracking id', live(), undefined],
  ['with both', live({ labels: label, annotations: own }), owned],
  ['with the label of another application', live({ labels: { 'plumbline.dev/app': 'x' }, annotations: own }), owned],
  [
    'with a label that is cut short',
    live({ labels: { 'plumbline.dev/app': appLabel(longName) }, annotations: tracked(`${longName}:/ConfigMap:web/a`) }),
    { is: 'owned', application: longName },
  ],
  ['with a tracking id alone', live({ annotations: own }), { is: 'tracked', application: 'shop' }],
  ['with the tracking id of another object alone', live({ annotations: tracked('shop:/ConfigMap:web/b') }), undefined],
  ['with the label alone', live({ labels: label }), stray('it carries our label, and no tracking id')],
  [
    'copied with all it carries',
    live({ labels: label, annotations: tracked('shop:/ConfigMap:other/a') }),
    stray('its tracking id describes another object: it is a copy'),
  ],
  [
    'with a made-up tracking id',
    live({ labels: label, annotations: tracked('../shop\n:/ConfigMap:web/a') }),
    stray('its tracking id names no application'),
  ],
  ['that a controller made', live({ labels: label, annotations: own, ownerReferences: [controller] }), undefined],
  [
    'with an owner that does not control it',
    live({ labels: label, annotations: own, ownerReferences: [{ ...controller, controller: false }] }),
    owned,
  ],
  ['of kind Endpoints with the labels of its Service', live({ labels: label }, { kind: 'Endpoints' }), undefined],
  [
    'of kind Endpoints from Git',
    live({ labels: label, annotations: tracked('shop:/Endpoints:web/a') }, { kind: 'Endpoints' }),
    owned,
  ],
];

describe('what a live object is to plumb adopt', () => {
  it.each(marks)('is told of an object %s', (_, object, mark) => {
    expect(markOf(object)).toEqual(mark);
  });

  it('is asked of the record of who wrote it', () => {
    expect(isWrittenByUs(live({ managedFields: [{ manager: 'kubectl' }, { manager: 'plumbline' }] }))).toBe(true);
    expect(isWrittenByUs(live({ managedFields: [{ manager: 'argocd-controller' }] }))).toBe(false);
    expect(isWrittenByUs(live())).toBe(false);
  });

  it('comes back with version and wave, and pruned last where it asks to be', () => {
    const annotations = {
      'argocd.argoproj.io/sync-wave': '-3',
      'argocd.argoproj.io/sync-options': 'Prune=confirm,PruneLast=true',
    };
    const ref = { group: 'apps', kind: 'Deployment', namespace: 'web', name: 'a' };
    expect(adoptedEntry(live({ annotations }, { apiVersion: 'apps/v1', kind: 'Deployment' }))).toEqual({
      ref,
      version: 'v1',
      wave: -3,
      pruneLast: true,
    });
    expect(adoptedEntry(live())).toEqual({ ref: { ...ref, group: '', kind: 'ConfigMap' }, version: 'v1', wave: 0 });
  });
});
