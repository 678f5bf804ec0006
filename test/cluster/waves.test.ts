import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster, Clusters } from '../../shared/cluster-ports.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap, customResource, customResourceDefinition, deployment, wave } from '../support/manifests.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

const sync = (name: string, more: Partial<Parameters<typeof syncApplication>[0]> = {}) =>
  syncApplication(
    { application: engine.application(name), project: engine.project, reason: 'manual', ...more },
    engine.ports,
  );

const applied = (): readonly string[] =>
  engine.progress.flatMap((event) => (event.type === 'object' ? event.result.ref.name : []));

/** The engine's clusters, with a look around right before the object of that name is applied. */
function beforeApplying(name: string, look: () => Promise<void>): Clusters {
  const apply =
    (cluster: Cluster): Cluster['apply'] =>
    async (manifest) => {
      if (manifest.metadata.name === name) await look();
      return cluster.apply(manifest);
    };
  return {
    open: async (destination) => {
      const cluster = await engine.ports.clusters.open(destination);
      return new Proxy(cluster, {
        get: (target, key: keyof Cluster) => {
          if (key === 'apply') return apply(target);
          const member = target[key];
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    },
  };
}

describe('Waves', () => {
  it('come one after another, each only when the one before is healthy', async () => {
    await engine.git.createRepository('shop', {
      'app/last.yaml': configMap('last', {}, wave(2)),
      'app/web.yaml': deployment('web', { replicas: 2 }, wave(1)),
      'app/first.yaml': configMap('first', {}, wave(-1)),
    });
    const before: unknown[] = [];
    const seen = beforeApplying('last', async () => {
      before.push((await engine.live('Deployment', 'web', 'apps/v1'))?.['status' as never]);
    });
    const { head } = await syncApplication(
      { application: engine.application('shop'), project: engine.project, reason: 'manual' },
      { ...engine.ports, clusters: seen },
    );
    expect(applied()).toEqual(['first', 'web', 'last']);
    expect(head.operation?.phase).toBe('Succeeded');
    expect(before).toMatchObject([{ updatedReplicas: 2, availableReplicas: 2 }]);
  });

  it('bring a CRD before its custom resources, in one sync', async () => {
    const group = `g${engine.namespace.slice(-8)}.example.com`;
    await engine.git.createRepository('shop', {
      'app/a-resource.yaml': customResource('Widget', group, 'one'),
      'app/z-definition.yaml': customResourceDefinition('Widget', group),
    });
    const { head } = await sync('shop');
    expect(head.operation?.message).toBe('all objects are applied');
    expect(await engine.live('Widget', 'one', `${group}/v1`)).toBeDefined();
  });

  it('stop at the one that does not become healthy in time, and say what it waited for', async () => {
    await engine.git.createRepository('shop', {
      'app/web.yaml': deployment('web', {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { nodeName: 'nowhere', containers: [{ name: 'main', image: 'a.example.com/b:1' }] },
        },
      }),
      'app/last.yaml': configMap('last', {}, wave(1)),
    });
    const { head } = await sync('shop', { waveTimeoutMs: 1_500 });
    expect(head.operation).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(/still waiting for Deployment .*web/),
    });
    expect(await engine.live('ConfigMap', 'last')).toBeUndefined();
  });
});

describe('CreateNamespace', () => {
  it('makes the namespace with its managed metadata and does not own it', async () => {
    const namespace = `${engine.namespace}-made`;
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    const application = engine.application('shop', {
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { syncOptions: ['CreateNamespace=true'], managedNamespaceMetadata: { labels: { team: 'shop' } } },
    });
    const { head } = await sync('shop', { application });
    const live = await engine.objects.read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    expect(live.metadata?.labels).toMatchObject({ team: 'shop' });
    expect(head.inventory.map(({ ref }) => ref.kind)).toEqual(['ConfigMap']);
    await engine.objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  });
});
