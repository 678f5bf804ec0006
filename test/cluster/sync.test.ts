import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadHead, saveHead } from '../../shared/state/heads.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap, deployment } from '../support/manifests.ts';

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

const actions = (
  results: readonly { readonly action: string; readonly ref: { readonly name: string } }[],
): Record<string, string> => Object.fromEntries(results.map(({ ref, action }) => [ref.name, action]));

describe('A sync', () => {
  it('creates what Git has, and says so', async () => {
    await engine.git.createRepository('shop', {
      'app/config.yaml': configMap('prompts', { tone: 'kind' }),
      'app/web.yaml': deployment('web'),
    });
    const { head, results } = await sync('shop', { waitMs: 30_000 });
    expect(actions(results)).toEqual({ prompts: 'created', web: 'created' });
    expect(head).toMatchObject({
      sync: { code: 'Synced' },
      health: { code: 'Healthy' },
      operation: { phase: 'Succeeded' },
    });
    expect((await engine.live('ConfigMap', 'prompts'))?.data).toEqual({ tone: 'kind' });
  });

  it('writes nothing at all when everything is as wanted', async () => {
    await engine.git.createRepository('shop', { 'app/config.yaml': configMap('prompts') });
    await sync('shop');
    const before = await engine.ports.store.get('heads/shop.json');
    const { results } = await sync('shop');
    expect(actions(results)).toEqual({ prompts: 'unchanged' });
    expect((await engine.ports.store.get('heads/shop.json'))?.etag).toBe(before?.etag);
  });

  it('changes what Git changed and leaves the rest', async () => {
    await engine.git.createRepository('shop', {
      'app/a.yaml': configMap('a', { v: '1' }),
      'app/b.yaml': configMap('b'),
    });
    await sync('shop');
    await engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: '2' }) } });
    const { results } = await sync('shop');
    expect(actions(results)).toEqual({ a: 'configured', b: 'unchanged' });
    expect((await engine.live('ConfigMap', 'a'))?.data).toEqual({ v: '2' });
  });

  it('prunes only when asked to', async () => {
    const files = { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b'), 'app/c.yaml': configMap('c') };
    await engine.git.createRepository('shop', files);
    await sync('shop');
    await engine.git.commit('shop', { remove: ['app/b.yaml'] });
    const kept = await sync('shop');
    expect(actions(kept.results)).toMatchObject({ b: 'skipped' });
    expect(kept.head.sync).toEqual({ code: 'OutOfSync', message: expect.stringContaining('requires pruning') });
    const pruned = await sync('shop', { prune: true });
    expect(actions(pruned.results)).toMatchObject({ b: 'pruned' });
    expect(pruned.head.inventory.map(({ ref }) => ref.name)).toEqual(['a', 'c']);
    expect(await engine.live('ConfigMap', 'b')).toBeUndefined();
  });

  it('looks at every wave again when it takes up what another run has left', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
    await sync('shop');
    const stored = await loadHead(engine.ports.store, 'shop');
    if (stored?.head.operation === undefined) throw new Error('there is no operation');
    const operation = { ...stored.head.operation, phase: 'Running' as const, cursor: 1 };
    await saveHead(engine.ports.store, { ...stored.head, operation }, stored.etag);
    await engine.objects.delete({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: engine.namespace },
    });
    const { head } = await sync('shop');
    expect(head.operation?.phase).toBe('Succeeded');
    expect(await engine.live('ConfigMap', 'a')).toBeDefined();
  });

  it('of selected objects does not call the whole application synced', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
    const { head } = await sync('shop', { resources: [':ConfigMap:a'] });
    expect(head.sync).toMatchObject({ code: 'Unknown', message: expect.stringContaining('only selected objects') });
    expect(await engine.live('ConfigMap', 'b')).toBeUndefined();
  });

  it('repairs what somebody changed or deleted by hand', async () => {
    await engine.git.createRepository('shop', {
      'app/a.yaml': configMap('a', { v: '1' }),
      'app/b.yaml': configMap('b'),
    });
    await sync('shop');
    const live = await engine.live('ConfigMap', 'a');
    await engine.objects.replace({ ...live, data: { v: 'by hand' } } as never);
    await engine.objects.delete({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'b', namespace: engine.namespace },
    });
    const { results } = await sync('shop');
    expect(actions(results)).toEqual({ a: 'configured', b: 'created' });
    expect((await engine.live('ConfigMap', 'a'))?.data).toEqual({ v: '1' });
  });
});
