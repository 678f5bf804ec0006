import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts } from '../../../shared/model/cluster.ts';
import { servedKind } from '../../../shared/model/cluster.ts';
import type { Inventory } from '../../../shared/model/inventory.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { lookupKinds } from '../../../shared/plan/kind-lookup.ts';
import { serveAll } from '../../../shared/plan/serve-all.ts';

const facts: ClusterFacts = { name: 'prod', server: 'https://10.0.0.1', version: 'v1.36.3', served: [] };
const inventory: Inventory = [
  { ref: { group: 'example.com', kind: 'Realm', namespace: '', name: 'a' }, version: 'v1', wave: 0 },
];
const manifest = (apiVersion: string, kind: string): Manifest => ({ apiVersion, kind, metadata: { name: 'a' } });

const realms = {
  ...manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  spec: {
    group: 'other.example',
    scope: 'Cluster',
    names: { kind: 'Realm' },
    versions: [{ name: 'v1' }],
  },
};

describe('kinds of manifests that are only looked at', () => {
  it.each([
    ['as the inventory has it', manifest('example.com/v1', 'Realm'), false],
    ['as the inventory has it in another version', manifest('example.com/v2', 'Realm'), false],
    ['as a definition beside it says', manifest('other.example/v1', 'Realm'), false],
    ['namespaced where nothing is known', manifest('v1', 'ConfigMap'), true],
  ])('are %s', (_how, wanted, namespaced) => {
    const manifests = [wanted, realms];
    const known = serveAll(facts, inventory, manifests);
    expect(lookupKinds(known, manifests).find(wanted)?.namespaced).toBe(namespaced);
  });

  it('are as the cluster says, if it was asked', () => {
    const served = [{ group: '', version: 'v1', kind: 'Node', resource: 'nodes', namespaced: false, verbs: [] }];
    const known = serveAll({ ...facts, served }, [], [manifest('v1', 'Node')]);
    expect(servedKind(known, { group: '', kind: 'Node' })?.namespaced).toBe(false);
  });
});
