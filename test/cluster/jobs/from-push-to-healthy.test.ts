import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadHead } from '../../../shared/state/heads.ts';
import { renderJob } from '../../../shared/workflows/jobs/render-job.ts';
import { type Engine, openEngine } from '../../support/engine.ts';
import { type JobsBed, openJobsBed } from '../../support/jobs/jobs-bed.ts';
import { configMap } from '../../support/manifests.ts';

let engine: Engine;
let bed: JobsBed;
let writes: string[] = [];

beforeAll(async () => {
  engine = await openEngine();
  bed = await openJobsBed(engine, {
    store: (store) => ({
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      entries: (prefix) => store.entries(prefix),
      delete: (key) => store.delete(key),
      put: (key, body, condition) => {
        writes.push(key);
        return store.put(key, body, condition);
      },
    }),
  });
  await engine.git.createRepository('shop', { 'app/config.yaml': configMap('prompts', { tone: 'kind' }) });
  await engine.git.createRepository('control', { 'shop.yaml': applicationText() });
});
afterAll(() => engine.close());

function applicationText(): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop }
spec:
  project: default
  destination: { name: test-cluster, namespace: ${engine.namespace} }
  source: { repoURL: ${engine.git.url('shop')}, path: app, targetRevision: main }
  syncPolicy: { automated: { prune: true, selfHeal: true } }
`;
}

async function tone(): Promise<string | undefined> {
  return (await engine.live('ConfigMap', 'prompts'))?.data?.['tone'];
}

describe('Zones that share a store and queues', () => {
  it('bring an application that is declared in Git to its cluster', async () => {
    await bed.settle();
    expect(await tone()).toBe('kind');
    expect(bed.events.map(({ type }) => type)).toContain('plumbline.sync.succeeded');
    const head = (await loadHead(engine.ports.store, 'shop'))?.head;
    expect(head?.sync.code).toBe('Synced');
    expect(head?.operation?.origin).toBe('tick');
  });

  it('write nothing and queue nothing while nothing has changed', async () => {
    writes = [];
    expect(await bed.tick()).toMatchObject({ queued: 0, failed: 0 });
    expect(await bed.scan()).toMatchObject({ moved: 0, queued: 0, applications: 1 });
    expect(writes).toEqual([]);
  });

  it('find a push at the next tick, and deploy it', async () => {
    await engine.git.commit('shop', { files: { 'app/config.yaml': configMap('prompts', { tone: 'brisk' }) } });
    expect(await bed.tick()).toMatchObject({ queued: 1 });
    await bed.render();
    await bed.sync();
    expect(await tone()).toBe('brisk');
  });

  it('repair what somebody changes by hand, and say so', async () => {
    await engine.objects.patch({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'prompts', namespace: engine.namespace },
      data: { tone: 'rude' },
    } as never);
    bed.events.length = 0;
    expect(await bed.scan()).toMatchObject({ moved: 1, drifted: 1, queued: 1 });
    expect(bed.events.map(({ type }) => type)).toEqual(['plumbline.drifted']);
    await bed.sync();
    expect(await tone()).toBe('brisk');
    expect(bed.events.map(({ type }) => type)).toContain('plumbline.repaired');
  });

  it('deploy a commit whose message was lost, by the next scan', async () => {
    await engine.git.commit('shop', { files: { 'app/config.yaml': configMap('prompts', { tone: 'calm' }) } });
    await bed.tick();
    await bed.render();
    bed.syncQueue.take();
    expect(await bed.scan()).toMatchObject({ queued: 1 });
    await bed.sync();
    expect(await tone()).toBe('calm');
  });

  it('keep what a broken commit would change, and say what is wrong with it', async () => {
    await engine.git.commit('shop', { files: { 'app/kustomization.yaml': 'resources: [absent.yaml]\n' } });
    bed.events.length = 0;
    await bed.tick();
    await bed.render();
    await bed.sync();
    expect(await tone()).toBe('calm');
    const failed = bed.events.find(({ type }) => type === 'plumbline.sync.failed');
    expect(failed?.message).toContain('absent.yaml');
    expect((await loadHead(engine.ports.store, 'shop'))?.head.sync.code).toBe('Unknown');
  });

  it('try a broken commit again now and then, though Git has not moved, and say nothing new of it', async () => {
    bed.events.length = 0;
    const again = { job: { work: 'declare' }, origin: 'the clock' } as const;
    expect(await renderJob(again, bed.control, bed.renderPorts)).toEqual({ looked: 1, news: 0, pending: 0 });
    expect([await bed.scan(), bed.syncQueue.size, bed.events]).toMatchObject([{ queued: 0 }, 0, []]);
  });

  it('stop following an application that is declared no more', async () => {
    await engine.git.commit('control', { files: { 'shop.yaml': '' } });
    await bed.tick();
    await bed.render();
    expect(await bed.scan()).toMatchObject({ applications: 0, queued: 0 });
    expect(await tone()).toBe('calm');
  });
});
