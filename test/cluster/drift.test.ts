import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diffApplication } from '../../shared/workflows/compare/diff.ts';
import { refreshStatus } from '../../shared/workflows/compare/status.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap, deployment } from '../support/manifests.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

const request = () => ({ application: engine.application('shop'), project: engine.project });
const sync = (ports = engine.ports) => syncApplication({ ...request(), reason: 'manual', waitMs: 30_000 }, ports);
const diff = () => diffApplication(request(), engine.ports);

const setImage = async (name: string, image: string): Promise<void> => {
  const live = await engine.live('Deployment', name, 'apps/v1');
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } };
  await engine.objects.replace(
    {
      ...live,
      metadata: { ...live?.metadata, resourceVersion: undefined },
      spec: { ...live?.spec, template },
    } as never,
    undefined,
    undefined,
    'kubectl-edit',
  );
};

describe('Drift', () => {
  it('is shown field by field with the manager that owns it, and nothing is shown when there is none', async () => {
    await engine.git.createRepository('shop', { 'app/web.yaml': deployment('web'), 'app/a.yaml': configMap('a') });
    await sync();
    expect((await diff()).differences).toEqual([]);
    await setImage('web', 'registry.example.com/app:by-hand');
    const { differences } = await diff();
    expect(differences).toHaveLength(1);
    expect(differences[0]?.fields).toContainEqual({ path: expect.stringContaining('image'), manager: 'kubectl-edit' });
    expect(differences[0]?.text).toContain('registry.example.com/app:by-hand');
  });

  it('is not taken for what was wanted when it happens while the sync still waits for health', async () => {
    // It waits for a node that there is not, until somebody changes it.
    const spec = {
      nodeSelector: { nowhere: 'here' },
      containers: [{ name: 'main', image: 'registry.example.com/app:1' }],
    };
    const template = { metadata: { labels: { app: 'web' } }, spec };
    await engine.git.createRepository('shop', { 'app/web.yaml': deployment('web', { template }) });
    let meddled = false;
    const meddling = {
      ...engine.ports,
      clock: {
        now: () => engine.ports.clock.now(),
        sleep: async (milliseconds: number, signal?: AbortSignal) => {
          if (!meddled) await setImage('web', 'registry.example.com/app:by-hand');
          meddled = true;
          await engine.ports.clock.sleep(milliseconds, signal);
        },
      },
    };
    await sync(meddling);
    expect(meddled).toBe(true);
    expect((await refreshStatus(request(), engine.ports)).sync.code).toBe('OutOfSync');
  });

  it('leaves Secret values out of the diff', async () => {
    const secret = (value: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { token: value } });
    await engine.git.createRepository('shop', { 'app/s.yaml': secret('first-value') });
    await sync();
    await engine.git.commit('shop', { files: { 'app/s.yaml': secret('second-value') } });
    const text = JSON.stringify(await diff());
    expect(text).toContain('token');
    for (const value of ['first-value', 'second-value']) {
      expect(text.split('"rendered"')[0]).not.toContain(value);
      expect((await diff()).differences[0]?.text).not.toContain(Buffer.from(value).toString('base64'));
    }
  });

  it('that the API server would refuse is unknown, for new objects as well', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    await sync();
    const wrong = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, dataa: { x: 'y' } });
    await engine.git.commit('shop', { files: { 'app/b.yaml': wrong } });
    const { differences, unknown } = await diff();
    expect(differences).toEqual([]);
    expect(unknown).toEqual([
      { ref: expect.objectContaining({ name: 'b' }), message: expect.stringContaining('dataa') },
    ]);
  });

  it('is shown for what will live in a namespace that is still to come', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    const destination = { server: 'https://kubernetes.default.svc', namespace: `${engine.namespace}-new` };
    const application = engine.application('shop', {
      destination,
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
    });
    const { differences, unknown } = await diffApplication({ application, project: engine.project }, engine.ports);
    expect(unknown).toEqual([]);
    expect(differences).toContainEqual(
      expect.objectContaining({ change: 'create', ref: expect.objectContaining({ name: 'a' }) }),
    );
  });

  it('in status and foreign metadata is none', async () => {
    await engine.git.createRepository('shop', { 'app/web.yaml': deployment('web') });
    await sync();
    const live = await engine.live('Deployment', 'web', 'apps/v1');
    const metadata = { ...live?.metadata, labels: { ...live?.metadata?.labels, 'someone-else': 'was-here' } };
    await engine.objects.replace({ ...live, metadata } as never);
    expect((await diff()).differences).toEqual([]);
    expect((await refreshStatus(request(), engine.ports)).sync.code).toBe('Synced');
  });
});
