import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import type { Ports } from '../../shared/ports.ts';
import { diffApplication } from '../../shared/workflows/compare/diff.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { startAdmissionWebhook } from '../support/admission-webhook.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultyApiServer } from '../support/faults/faulty-api-server.ts';
import { configMap, customResourceDefinition, deployment, wave } from '../support/manifests.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

type More = Partial<Parameters<typeof syncApplication>[0]>;
const request = (more: More): Parameters<typeof syncApplication>[0] => ({
  application: engine.application('shop'),
  project: engine.project,
  reason: 'manual',
  ...more,
});
const sync = (more: More = {}, ports: Ports = engine.ports): ReturnType<typeof syncApplication> =>
  syncApplication(request(more), ports);

const actions = (
  results: readonly { readonly action: string; readonly ref: { readonly name: string } }[],
): Record<string, string> => Object.fromEntries(results.map(({ ref, action }) => [ref.name, action]));

describe('A sync of 30 objects, while one call in five is answered 429, 500, 503, 504, is cut, loses its answer or hangs,', () => {
  it('creates, changes and prunes every one of them, and ends Synced', async () => {
    const faulty = await startFaultyApiServer({
      kubeconfig: engine.kubeconfig,
      share: 0.2,
      seed: 11,
      silenceMs: 5_000,
    });
    const timeouts = { read: 2_000, write: 2_000 };
    const clusters = new KubeconfigClusters({ conceal: testConceal, kubeconfig: faulty.kubeconfig, timeouts });
    const ports = { ...engine.ports, clusters };
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const others = ['w0', 'w1', 'w2', 'w3', 'w4'];
    const configMaps = (version: string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name, { version })]));
    const workloads = others.flatMap((name) => [
      [`app/${name}.yaml`, deployment(name, { replicas: 0 })],
      [`app/${name}-svc.yaml`, service(name)],
    ]);
    const versions = async (): Promise<unknown[]> =>
      (await Promise.all(names.map((name) => engine.live('ConfigMap', name)))).map((live) => live?.data?.['version']);
    try {
      await engine.git.createRepository('shop', { ...configMaps('1'), ...Object.fromEntries(workloads) });
      const first = await sync({}, ports);
      expect(first.head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
      expect(await versions()).toEqual(names.map(() => '1'));
      for (const name of others) {
        expect(await engine.live('Service', name)).toBeDefined();
        expect(await engine.live('Deployment', name, 'apps/v1')).toBeDefined();
      }
      const remove = others.map((name) => `app/${name}-svc.yaml`);
      await engine.git.commit('shop', { files: configMaps('2'), remove });
      const second = await sync({ prune: true }, ports);
      expect(second.head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
      expect(await versions()).toEqual(names.map(() => '2'));
      for (const name of others) expect(await engine.live('Service', name)).toBeUndefined();
      expect(second.head.inventory).toHaveLength(25);
      expect([...faulty.faults.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(10);
    } finally {
      await clusters.close();
      await faulty.close();
    }
  });
});

describe('An admission webhook that refuses one object', () => {
  it('is named with its reason; the siblings are applied, and the next sync after its removal succeeds', async () => {
    const webhook = await startAdmissionWebhook({
      objects: engine.objects,
      namespace: engine.namespace,
      refuses: ({ name }) => (name === 'rude' ? 'prompts must be polite' : undefined),
    });
    try {
      await engine.git.createRepository('shop', {
        'app/a.yaml': configMap('a'),
        'app/rude.yaml': configMap('rude'),
        'app/z.yaml': configMap('z'),
        'app/later.yaml': configMap('later', {}, wave(1)),
      });
      const { head, results } = await sync();
      expect(actions(results)).toEqual({ a: 'created', rude: 'failed', z: 'created' });
      expect(head).toMatchObject({ sync: { code: 'OutOfSync' }, operation: { phase: 'Failed' } });
      expect(head.operation?.message).toContain(`ConfigMap ${engine.namespace}/rude`);
      expect(head.operation?.message).toContain(`admission webhook "${webhook.name}" denied the request`);
      expect(head.operation?.message).toContain('prompts must be polite');
      expect(await engine.live('ConfigMap', 'later')).toBeUndefined();
    } finally {
      await webhook.remove();
    }
    const { head, results } = await sync();
    expect(actions(results)).toEqual({ a: 'unchanged', rude: 'created', z: 'unchanged', later: 'created' });
    expect(head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded', attempt: 2 } });
  });
});

describe('A namespace that will not end', () => {
  it('is named, with the place that says what holds it, when it is the destination', async () => {
    await holdNamespace(engine.namespace);
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    await engine.objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: engine.namespace } });
    const { head, results } = await sync();
    await release(engine.namespace);
    expect(head.operation).toMatchObject({ phase: 'Failed', message: expect.stringContaining('being terminated') });
    expect(head.operation?.message).toContain(`ConfigMap ${engine.namespace}/a`);
    expect(results).toMatchObject([
      { action: 'failed', hint: expect.stringMatching(/status\.conditions what holds it/) },
    ]);
  });

  it('stops the wave that prunes it, and is named with the finalizers in it', async () => {
    const name = `${engine.namespace}-old`;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await engine.git.createRepository('shop', {
      'app/old.yaml': JSON.stringify(namespace),
      'app/last.yaml': configMap('last', {}, wave(1)),
    });
    await sync();
    await holdNamespace(name);
    await engine.git.commit('shop', { remove: ['app/old.yaml'] });
    const { head } = await sync({ prune: true, waveTimeoutMs: 8_000 });
    await release(name);
    expect(head.operation?.phase).toBe('Failed');
    expect(head.operation?.message).toContain(`still waiting for Namespace ${name}`);
    expect(head.operation?.message).toContain('example.com/hold');
    expect(head.inventory.map(({ ref }) => ref.kind)).toContain('Namespace');
    await eventually('the namespace is gone', () => readable(namespace).then((found) => !found));
    const after = await sync({ prune: true });
    expect(after.head).toMatchObject({ sync: { code: 'Synced' }, inventory: [{ ref: { name: 'last' } }] });
  });
});

describe('An immutable field', () => {
  it.each([
    [
      'ConfigMap',
      'v1',
      (version: string) => JSON.stringify({ ...JSON.parse(configMap('fixed', { version })), immutable: true }),
      /data.*immutable/,
    ],
    [
      'Deployment',
      'apps/v1',
      (version: string) =>
        deployment('fixed', {
          replicas: 0,
          selector: { matchLabels: { version } },
          template: {
            metadata: { labels: { version } },
            spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1' }] },
          },
        }),
      /spec\.selector.*immutable/,
    ],
  ])(
    'of a %s that Git changes is named with its object, which stays as it is',
    async (kind, apiVersion, made, reason) => {
      await engine.git.createRepository('shop', { 'app/fixed.yaml': made('1') });
      await sync();
      const before = await engine.live(kind, 'fixed', apiVersion);
      await engine.git.commit('shop', { files: { 'app/fixed.yaml': made('2') } });
      const { head } = await sync();
      expect(head.operation).toMatchObject({ phase: 'Failed', message: expect.stringMatching(reason) });
      expect(head.operation?.message).toMatch(new RegExp(`${kind}[^ ]* ${engine.namespace}/fixed`));
      expect((await engine.live(kind, 'fixed', apiVersion))?.metadata?.uid).toBe(before?.metadata?.uid);
    },
  );
});

describe('A field that another manager took', () => {
  it('is shown with that manager, and taken back', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { tone: 'kind', size: '1' }) });
    await sync();
    const live = await engine.live('ConfigMap', 'a');
    const edited = { ...live, data: { ...live?.data, tone: 'rude', own: 'kept' } };
    await engine.objects.replace(edited as never, undefined, undefined, 'kubectl-edit');
    const diff = await diffApplication(
      { application: engine.application('shop'), project: engine.project },
      engine.ports,
    );
    expect(diff.differences).toMatchObject([
      { change: 'change', fields: [{ path: 'data.tone', manager: 'kubectl-edit' }] },
    ]);
    expect(diff.differences[0]?.text).toMatch(/^- +tone: rude.*kubectl-edit/m);
    expect(actions((await sync()).results)).toEqual({ a: 'configured' });
    const after = await engine.live('ConfigMap', 'a');
    expect(after?.data).toEqual({ tone: 'kind', size: '1', own: 'kept' });
    const owners = after?.metadata?.managedFields?.filter(({ fieldsV1 }) =>
      JSON.stringify(fieldsV1).includes('f:tone'),
    );
    expect(owners?.map(({ manager }) => manager)).toEqual(['plumbline']);
  });
});

describe('A CRD that never becomes Established', () => {
  it('fails its wave with the reason of its condition; what comes after it is not applied', async () => {
    const group = `g${engine.namespace.slice(-8)}.example.com`;
    const taken = JSON.parse(customResourceDefinition('Widget', group));
    const clashing = {
      ...taken,
      metadata: { name: `wodgets.${group}` },
      spec: { ...taken.spec, names: { ...taken.spec.names, plural: 'wodgets', singular: 'wodget' } },
    };
    await engine.objects.create(taken);
    await eventually('the first CRD is established', async () => isEstablished(await engine.objects.read(taken)));
    await engine.git.createRepository('shop', {
      'app/definition.yaml': JSON.stringify(clashing),
      'app/later.yaml': configMap('later', {}, wave(1)),
    });
    const started = Date.now();
    const { head } = await sync({ waveTimeoutMs: 20_000 });
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(head.operation?.phase).toBe('Failed');
    expect(head.operation?.message).toMatch(new RegExp(`CustomResourceDefinition[^ ]* wodgets.${group}`));
    expect(head.operation?.message).toMatch(/not accepted: .*"Widget(List)?" is already in use/);
    expect(await engine.live('ConfigMap', 'later')).toBeUndefined();
    await Promise.all([taken, clashing].map((definition) => engine.objects.delete(definition)));
  });
});

function service(name: string): string {
  const spec = { selector: { app: name }, ports: [{ port: 80 }] };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
}

const holder = (namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'holder', namespace, finalizers: ['example.com/hold'] },
});

async function holdNamespace(namespace: string): Promise<void> {
  await engine.objects.create(holder(namespace) as never);
}

async function release(namespace: string): Promise<void> {
  const metadata = { name: 'holder', namespace, finalizers: [] };
  await engine.objects.replace({ ...holder(namespace), metadata } as never);
}

async function readable(object: object): Promise<boolean> {
  return engine.objects.read(object as never).then(
    () => true,
    () => false,
  );
}

function isEstablished(definition: unknown): boolean {
  const { status } = definition as {
    readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
  };
  return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;
}
