import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts } from '../../../../shared/model/cluster.ts';
import type { InventoryEntry } from '../../../../shared/model/inventory.ts';
import type { Json } from '../../../../shared/model/json.ts';
import type { LiveObject } from '../../../../shared/model/manifest.ts';
import { keyOf } from '../../../../shared/model/object-ref.ts';
import { keptByOther } from '../../../../shared/plan/secrets/kept-by-other.ts';

const external = { group: 'external-secrets.io', kind: 'ExternalSecret', namespace: 'shop', name: 'db' };
const sealed = { group: 'bitnami.com', kind: 'SealedSecret', namespace: 'shop', name: 'db' };
const served = [
  { group: external.group, version: 'v1', kind: external.kind, resource: 'externalsecrets', namespaced: true },
  { group: sealed.group, version: 'v1alpha1', kind: sealed.kind, resource: 'sealedsecrets', namespaced: true },
];
const facts = { name: 'c', server: 's', version: 'v1.35.0', served } as unknown as ClusterFacts;
const secretOf = (ownerReferences?: Json): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
  },
});
const owner = (apiVersion: string, kind: string, more: { readonly [field: string]: Json } = {}): Json => [
  { apiVersion, kind, name: 'db', uid: 'o', controller: true, ...more },
];
const v1 = 'external-secrets.io/v1';

describe('A live Secret is kept by somebody else', () => {
  it.each([
    ['an ExternalSecret', owner(v1, 'ExternalSecret'), external],
    ['an ExternalSecret of another version', owner('external-secrets.io/v1beta1', 'ExternalSecret'), external],
    ['a SealedSecret', owner('bitnami.com/v1alpha1', 'SealedSecret'), sealed],
  ])('when the controller of %s makes it', (_what, owners, expected) => {
    expect(keptByOther(secretOf(owners), { facts, inventory: new Map() })).toEqual(expected);
  });

  it.each([
    ['nobody owns it', undefined],
    ['its owner controls it not', owner(v1, 'ExternalSecret', { controller: false })],
    ['its owner is of another kind', owner('apps/v1', 'Deployment')],
    ['owners are not readable', 'x'],
    ['its owner says nothing of itself', [{ controller: true }]],
  ])('but not when %s', (_what, owners) => {
    expect(keptByOther(secretOf(owners), { facts, inventory: new Map() })).toBeUndefined();
  });

  it('but not by what the application owns, or by a kind that is not served', () => {
    const secret = secretOf(owner(v1, 'ExternalSecret'));
    const own = new Map([[keyOf(external), { ref: external, version: 'v1', wave: 0 } satisfies InventoryEntry]]);
    expect(keptByOther(secret, { facts, inventory: own })).toBeUndefined();
    expect(keptByOther(secret, { facts: { ...facts, served: [] }, inventory: new Map() })).toBeUndefined();
  });
});
