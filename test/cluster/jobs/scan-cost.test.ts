import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../shared/cluster-ports.ts';
import { eventually } from '../../support/eventually.ts';
import { recordingStore } from '../../support/jobs/recording-store.ts';
import { openShopJobs, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap, deployment } from '../../support/manifests.ts';

let bed: ShopJobs;
let requests: string[] = [];
let recorded = recordingStore({} as never);

/** The same cluster, with every request noted; what is kept of it needs none. */
function noting(cluster: Cluster): Cluster {
  const note = <Result>(request: string, result: Result): Result => {
    requests.push(request);
    return result;
  };
  return {
    name: cluster.name,
    facts: () => cluster.facts(),
    rediscover: () => note('discover', cluster.rediscover()),
    read: (address) => note(`read ${address.ref.kind} ${address.ref.name}`, cluster.read(address)),
    readMetadata: (address) => note(`look ${address.ref.kind} ${address.ref.name}`, cluster.readMetadata(address)),
    list: (query) => note(`list whole ${query.kind.kind}`, cluster.list(query)),
    listMetadata: (query) => note(`list ${query.kind.kind}`, cluster.listMetadata(query)),
    apply: (manifest) => note(`apply ${manifest.metadata.name}`, cluster.apply(manifest)),
    dryRunApply: (manifest) => note(`dry run ${manifest.metadata.name}`, cluster.dryRunApply(manifest)),
    delete: (address, conditions) => note(`delete ${address.ref.name}`, cluster.delete(address, conditions)),
    requestToken: (account) => cluster.requestToken(account),
  };
}

const names = ['a', 'b', 'c', 'd', 'e'];

beforeEach(async () => {
  const maps = Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name, { v: '1' })]));
  bed = await openShopJobs(
    { ...maps, 'app/web.yaml': deployment('web') },
    {
      cluster: noting,
      store: (store) => {
        recorded = recordingStore(store);
        return recorded.store;
      },
    },
  );
  await bed.settle();
  await eventually('all is quiet', async () => {
    await bed.sync();
    const { moved } = await bed.scan();
    return moved === 0 && bed.syncQueue.size === 0 && (await bed.head()).health.code === 'Healthy';
  });
  forget();
});
afterEach(() => bed.close());

function forget(): void {
  requests = [];
  recorded.forget();
  bed.events.length = 0;
}

const tamper = (name: string): Promise<unknown> =>
  bed.engine.objects.patch({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: bed.engine.namespace },
    data: { v: 'by hand' },
  } as never);

describe('A scan', () => {
  it('is one list for each kind where nothing has moved, and reads and writes no more of the store than what changed', async () => {
    expect(await bed.scan()).toMatchObject({ moved: 0, drifted: 0, queued: 0 });
    expect([...requests].sort()).toEqual(['list ConfigMap', 'list Deployment']);
    expect([...recorded.of('put'), ...recorded.of('delete')]).toEqual([]);
    expect(recorded.of('get')).toEqual([expect.stringMatching(/^clusters\/.*\/facts\.json$/)]);
  });

  it.each([1, 3])(
    'compares what has drifted, and nothing else, by one look and one dry run for each of %p objects',
    async (count) => {
      const drifted = names.slice(0, count);
      for (const name of drifted) await tamper(name);
      expect(await bed.scan()).toMatchObject({ moved: 1, drifted: 1, queued: 1 });
      expect([...requests].sort()).toEqual([
        ...drifted.map((name) => `dry run ${name}`),
        'list ConfigMap',
        'list Deployment',
        ...drifted.map((name) => `read ConfigMap ${name}`),
      ]);
      expect(bed.told()).toEqual(['drifted']);
      await bed.sync();
      expect(await bed.value('a')).toBe('1');
      // It is told once, and repaired.
      expect(bed.told()).toEqual(['drifted', 'repaired']);
    },
  );

  it('finds what somebody has deleted', async () => {
    const { objects, namespace } = bed.engine;
    await objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } });
    expect(await bed.scan()).toMatchObject({ moved: 1, drifted: 1, queued: 1 });
    await bed.sync();
    expect(await bed.value('a')).toBe('1');
  });

  it('looks after health where only the status has moved, and queues nothing for it', async () => {
    const { objects, namespace } = bed.engine;
    await objects.patch({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace, annotations: { note: 'x' } },
    } as never);
    expect(await bed.scan()).toMatchObject({ moved: 1, drifted: 0, queued: 0 });
    expect(requests.filter((request) => request.startsWith('apply'))).toEqual([]);
    const pods = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: await podName() } };
    await objects.patch({ ...pods, metadata: { ...pods.metadata, labels: { app: 'somebody-else' } } } as never);
    // The Deployment is one pod short until another one is there.
    await eventually('its status moves, and is seen', async () => (await bed.scan()).moved === 1);
    expect((await bed.head()).sync.code).toBe('Synced');
    await eventually('it is healthy, and quiet', async () => {
      const { moved, queued } = await bed.scan();
      return moved === 0 && queued === 0 && (await bed.head()).health.code === 'Healthy';
    });
    expect(bed.told().every((type) => type === 'health')).toBe(true);
    expect(bed.syncQueue.size).toBe(0);
  });
});

async function podName(): Promise<string> {
  const { items } = await bed.engine.objects.list('v1', 'Pod', bed.engine.namespace);
  return items[0]?.metadata?.name ?? '';
}
