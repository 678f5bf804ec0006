import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClusterFacts, servedKind } from '../../shared/model/cluster.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultyApiServer, startFaultyApiServer } from '../support/faults/faulty-api-server.ts';
import { addressOf, type ClusterBed, openClusterBed } from './cluster-bed.ts';

const crd: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gauges.plumbline.test' },
  spec: {
    group: 'plumbline.test',
    scope: 'Namespaced',
    names: { kind: 'Gauge', plural: 'gauges' },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
        },
      },
    })),
  },
};

const brokenService: Manifest = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.broken.plumbline.test' },
  spec: {
    group: 'broken.plumbline.test',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { name: 'nobody', namespace: 'default' },
  },
};

const sorted = (facts: ClusterFacts): readonly string[] =>
  facts.served.map(({ group, version, kind, resource }) => `${group}/${version}/${kind}/${resource}`).sort();

describe('Discovery', () => {
  let bed: ClusterBed;
  let old: FaultyApiServer;
  // A broken API service would disturb others, so this API server is nobody else's.
  beforeAll(async () => {
    bed = await openClusterBed({ own: true });
    old = await startFaultyApiServer({ kubeconfig: bed.kubeconfig, legacyDiscovery: true });
  });
  afterAll(async () => {
    await old.close();
    await bed.close();
  });

  it('asks three times, once, and keeps the answer', async () => {
    await bed.cluster.facts();
    const facts = await bed.cluster.facts();
    expect(bed.sent.map(({ resource }) => resource).sort()).toEqual(['/api', '/apis', '/version']);
    expect(facts).toMatchObject({ server: bed.server, version: expect.stringMatching(/^v1\.\d+\.\d+/) });
  });

  it('lists kinds that can be listed, without subresources', async () => {
    const facts = await bed.cluster.facts();
    expect(servedKind(facts, { group: 'apps', kind: 'Deployment' })).toMatchObject({
      version: 'v1',
      resource: 'deployments',
      namespaced: true,
      verbs: expect.arrayContaining(['list', 'patch']),
    });
    expect(servedKind(facts, { group: '', kind: 'Namespace' })).toMatchObject({ namespaced: false });
    expect(facts.served.filter(({ resource }) => resource.includes('/'))).toEqual([]);
    expect(servedKind(facts, { group: 'authorization.k8s.io', kind: 'SubjectAccessReview' })).toBeUndefined();
  });

  it('finds the same in an API server that knows no aggregated discovery', async () => {
    const cluster = await bed.open({ kubeconfig: old.kubeconfig });
    expect(sorted(await cluster.facts())).toEqual(sorted(await bed.cluster.facts()));
  });

  it('knows a new kind after it was asked for again, preferred version first', async () => {
    await bed.cluster.apply(crd);
    const gauge: Manifest = {
      apiVersion: 'plumbline.test/v1',
      kind: 'Gauge',
      metadata: { name: 'one', namespace: bed.namespace },
      spec: { size: 3 },
    };
    await expect(bed.cluster.apply(gauge)).rejects.toMatchObject({ code: 'cluster-refused' });
    const wanted = { group: 'plumbline.test', kind: 'Gauge' };
    const served = await eventually('the kind is served', async () =>
      servedKind(await bed.cluster.rediscover(), wanted),
    );
    expect(served.version).toBe('v1');
    const live = await bed.cluster.apply(gauge);
    expect(live).toMatchObject({ kind: 'Gauge', spec: { size: 3 } });
    const older = { ref: addressOf(gauge).ref, version: 'v1beta1' };
    expect(await bed.cluster.read(older)).toMatchObject({ apiVersion: 'plumbline.test/v1beta1' });
    expect(await bed.cluster.list({ kind: served, namespace: bed.namespace })).toEqual([live]);
  });

  it('is not broken by an API service that is down, and calls its kinds unknown', async () => {
    await bed.cluster.apply(brokenService);
    const failing = await eventually('the API service is seen', async () =>
      (await bed.cluster.rediscover()).failing?.find((version) => version === 'broken.plumbline.test/v1'),
    );
    expect(failing).toBe('broken.plumbline.test/v1');
    expect(servedKind(await bed.cluster.facts(), { group: 'apps', kind: 'Deployment' })).toBeDefined();
    const address = {
      ref: { group: 'broken.plumbline.test', kind: 'Thing', namespace: 'default', name: 'a' },
      version: 'v1',
    };
    await expect(bed.cluster.read(address)).rejects.toMatchObject({ code: 'cluster-unreachable', retryable: true });
  });
});
