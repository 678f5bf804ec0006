import { describe, expect, it } from '@jest/globals';
import {
  parseAggregated,
  parseLegacyResources,
  parseLegacyVersions,
} from '../../../../shared/adapters/kubernetes/discovery.ts';

const verbs = ['get', 'list', 'patch'];
const deployments = {
  resource: 'deployments',
  responseKind: { group: '', version: '', kind: 'Deployment' },
  scope: 'Namespaced',
  verbs,
  subresources: [{ subresource: 'status', verbs: ['get'] }],
};

describe('Discovery answers', () => {
  it('keep the order of versions and leave out what cannot be listed', () => {
    const review = { resource: 'reviews', responseKind: { kind: 'Review' }, scope: 'Cluster', verbs: ['create'] };
    const answer = {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'apps' },
          versions: [
            { version: 'v1', resources: [deployments, review], freshness: 'Current' },
            { version: 'v1beta1', resources: [deployments], freshness: 'Current' },
          ],
        },
        { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
      ],
    };
    const deployment = { group: 'apps', kind: 'Deployment', resource: 'deployments', namespaced: true, verbs };
    expect(parseAggregated(answer)).toEqual({
      served: [
        { ...deployment, version: 'v1' },
        { ...deployment, version: 'v1beta1' },
      ],
      failing: ['metrics.k8s.io/v1beta1'],
    });
  });

  it('of the legacy form are told apart', () => {
    expect(parseAggregated({ kind: 'APIGroupList', groups: [] })).toBeUndefined();
  });

  it('of the legacy form give the preferred version of a group first', () => {
    const versions = [{ groupVersion: 'autoscaling/v1' }, { groupVersion: 'autoscaling/v2' }];
    const groups = {
      groups: [{ name: 'autoscaling', versions, preferredVersion: { groupVersion: 'autoscaling/v2' } }],
    };
    expect(parseLegacyVersions({ versions: ['v1'] }, groups)).toEqual(['v1', 'autoscaling/v2', 'autoscaling/v1']);
  });

  it('of the legacy form give kinds without subresources', () => {
    const resources = [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs },
      { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get', 'list'] },
      { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
    ];
    expect(parseLegacyResources('v1', { resources })).toEqual([
      { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs },
    ]);
  });
});
