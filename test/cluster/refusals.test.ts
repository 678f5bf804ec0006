import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlumbError } from '../../shared/errors.ts';
import { loadHead, saveHead } from '../../shared/state/heads.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap } from '../support/manifests.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

type More = Partial<Parameters<typeof syncApplication>[0]>;
const sync = (name: string, more: More = {}) =>
  syncApplication(
    { application: engine.application(name), project: engine.project, reason: 'manual', ...more },
    engine.ports,
  );

const refusal = async (name: string, more: More = {}): Promise<PlumbError> => {
  try {
    await sync(name, more);
  } catch (error) {
    return error as PlumbError;
  }
  throw new Error('it was not refused');
};

const three = { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b'), 'app/c.yaml': configMap('c') };

describe('Nothing is touched, and the reason is told, when', () => {
  it('two applications claim one object', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { from: 'shop' }) });
    await engine.git.createRepository('other', {
      'app/a.yaml': configMap('a', { from: 'other' }),
      'app/z.yaml': configMap('z'),
    });
    await sync('shop');
    const error = await refusal('other');
    expect(error).toMatchObject({ code: 'cluster-conflict', hint: expect.stringContaining('tracking-id') });
    expect(error.message).toContain(`ConfigMap ${engine.namespace}/a belongs to application shop`);
    expect((await engine.live('ConfigMap', 'a'))?.data).toEqual({ from: 'shop' });
    expect(await engine.live('ConfigMap', 'z')).toBeUndefined();
  });

  it('the sources render to nothing and prune is on', async () => {
    await engine.git.createRepository('shop', three);
    await sync('shop');
    await engine.git.commit('shop', { remove: Object.keys(three), files: { 'app/README.md': 'empty' } });
    const error = await refusal('shop', { prune: true });
    expect(error).toMatchObject({ code: 'approval-needed', message: expect.stringContaining('all 3 owned objects') });
    expect(await engine.live('ConfigMap', 'a')).toBeDefined();
  });

  it('more than half of the objects are gone from Git, until a person approves', async () => {
    const many = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => [`app/${name}.yaml`, configMap(name)]),
    );
    await engine.git.createRepository('shop', many);
    await sync('shop');
    await engine.git.commit('shop', { remove: Object.keys(many).slice(0, 6) });
    expect(await refusal('shop', { prune: true })).toMatchObject({
      code: 'approval-needed',
      message: expect.stringMatching(/6 .*8/),
    });
    const { head } = await sync('shop', { prune: true, approvePrune: true });
    expect(head.inventory.map(({ ref }) => ref.name)).toEqual(['g', 'h']);
  });

  it('the project does not allow a cluster-scoped kind', async () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `r-${engine.namespace}` },
      rules: [],
    };
    await engine.git.createRepository('shop', { 'app/role.yaml': JSON.stringify(role), 'app/a.yaml': configMap('a') });
    const project = { ...engine.project, name: 'team', clusterResourceWhitelist: [] };
    const error = await refusal('shop', { project });
    expect(error).toMatchObject({ code: 'project-forbids' });
    expect(error.message).toContain('ClusterRole');
    expect(await engine.live('ConfigMap', 'a')).toBeUndefined();
  });

  it.each([
    ['a source', { sourceRepos: ['https://example.com/*'] }, 'sourceRepos'],
    ['a destination', { destinations: [{ server: '*', namespace: 'elsewhere' }] }, 'destinations'],
  ])('the project does not allow %s', async (_what, rules, field) => {
    await engine.git.createRepository('shop', three);
    const error = await refusal('shop', { project: { ...engine.project, name: 'team', ...rules } });
    expect(error).toMatchObject({ code: 'project-forbids', message: expect.stringContaining(field) });
  });

  it('the project does not allow the namespace that would be made', async () => {
    await engine.git.createRepository('shop', three);
    const destination = { server: 'https://kubernetes.default.svc', namespace: 'kube-system' };
    const application = engine.application('shop', {
      destination,
      syncPolicy: { syncOptions: ['CreateNamespace=true'], managedNamespaceMetadata: { labels: { mine: 'yes' } } },
    });
    const destinations = [{ server: '*', namespace: engine.namespace }];
    const error = await refusal('shop', { application, project: { ...engine.project, name: 'team', destinations } });
    expect(error).toMatchObject({ code: 'project-forbids', message: expect.stringContaining('kube-system') });
  });

  it('the project denies the server, however the application writes it', async () => {
    await engine.git.createRepository('shop', three);
    const { server } = await (await engine.ports.clusters.open({ name: 'in-cluster', namespace: '' })).facts();
    const destinations = [
      { server: '*', name: '*', namespace: '*' },
      { server: `!${server}`, namespace: '*' },
    ];
    const application = engine.application('shop', {
      destination: { server: `${server}/`, namespace: engine.namespace },
    });
    const error = await refusal('shop', { application, project: { ...engine.project, name: 'team', destinations } });
    expect(error).toMatchObject({ code: 'project-forbids', message: expect.stringContaining(server) });
  });

  it('a selector of resources means none of its objects', async () => {
    await engine.git.createRepository('shop', three);
    expect(await refusal('shop', { resources: ['apps:Deployment:nope'] })).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nope'),
    });
  });

  it('what it owns is in another cluster', async () => {
    await engine.git.createRepository('shop', three);
    await sync('shop');
    const stored = await loadHead(engine.ports.store, 'shop');
    if (stored === undefined) throw new Error('there is no head');
    await saveHead(
      engine.ports.store,
      { ...stored.head, cluster: 'elsewhere', server: 'https://elsewhere.example' },
      stored.etag,
    );
    expect(await refusal('shop')).toMatchObject({
      code: 'cluster-conflict',
      message: expect.stringContaining('elsewhere'),
    });
  });

  it('a kind is neither served nor defined', async () => {
    const widget = { apiVersion: 'nowhere.example.com/v1', kind: 'Gadget', metadata: { name: 'one' } };
    await engine.git.createRepository('shop', { 'app/one.yaml': JSON.stringify(widget), 'app/a.yaml': configMap('a') });
    const error = await refusal('shop');
    expect(error).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining('Gadget') });
    expect(await engine.live('ConfigMap', 'a')).toBeUndefined();
  });

  it('the cluster is unknown', async () => {
    await engine.git.createRepository('shop', three);
    const application = engine.application('shop', { destination: { name: 'mars', namespace: 'x' } });
    expect(await refusal('shop', { application })).toMatchObject({
      code: 'cluster-unknown',
      message: expect.stringContaining('mars'),
    });
  });
});

describe('An existing object that no application tracks', () => {
  it('is adopted', async () => {
    await engine.objects.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: engine.namespace },
      data: { own: 'kept' },
    } as never);
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { from: 'git' }) });
    await sync('shop');
    expect((await engine.live('ConfigMap', 'a'))?.data).toEqual({ own: 'kept', from: 'git' });
  });
});
