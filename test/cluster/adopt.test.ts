import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import { keyOf } from '../../shared/model/object-ref.ts';
import type { Ports } from '../../shared/ports.ts';
import { loadHead, saveHead } from '../../shared/state/heads.ts';
import { type Adoption, type AdoptRequest, adopt } from '../../shared/workflows/adopt/adopt.ts';
import type { AdoptedApplication } from '../../shared/workflows/adopt/adopt-application.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { startFaultyApiServer } from '../support/faults/faulty-api-server.ts';
import type { GitFiles } from '../support/git-repositories.ts';
import { configMap, customResource, customResourceDefinition, deployment, wave } from '../support/manifests.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';

const here = { server: 'https://kubernetes.default.svc', namespace: '' };
const pruning = { syncPolicy: { automated: { prune: true } } };
const trackingAnnotation = 'argocd.argoproj.io/tracking-id';

let engine: Engine;
let ports: Ports;
beforeEach(async () => {
  engine = await openEngine();
  ports = engine.ports;
});
afterEach(() => engine.close());

/** No other test of this control plane has applications of these names. */
const named = (name: string): string => `${name}-${engine.namespace}`;
const declare = (name: string): Application => engine.application(named(name), pruning);

async function deploy(name: string, files: GitFiles): Promise<Head> {
  await engine.git.createRepository(named(name), files);
  return (await sync(name)).head;
}

const sync = (name: string, waitMs = 30_000): ReturnType<typeof syncApplication> =>
  syncApplication({ application: declare(name), project: engine.project, reason: 'manual', waitMs }, ports);

const adoptHere = (more: Partial<AdoptRequest> = {}, using = ports): Promise<Adoption> =>
  adopt({ cluster: here, declared: [], ...more }, using);

const storeFolder = (): string => join(engine.ports.scratch, 'store');
const headFile = (name: string): string => join(storeFolder(), `heads/${named(name)}.json`);
const headOf = async (name: string): Promise<Head | undefined> => (await loadHead(ports.store, named(name)))?.head;
const of = ({ applications }: Adoption, name: string): AdoptedApplication | undefined =>
  applications.find(({ application }) => application === named(name));

async function loseState(): Promise<void> {
  await rm(storeFolder(), { recursive: true });
  ports = { ...engine.ports, store: new FolderStore(storeFolder(), engine.ports.worker) };
}

/** All that an inventory says but what was seen. */
const identities = (head: Head | undefined): readonly object[] =>
  (head?.inventory ?? []).map(({ seen: _seen, ...entry }) => entry);

async function resourceVersions({ inventory }: Head): Promise<readonly (readonly [string, string | undefined])[]> {
  const cluster = await ports.clusters.open(here);
  return Promise.all(
    inventory.map(async ({ ref, version }) => {
      const live = await cluster.readMetadata({ ref, version });
      return [keyOf(ref), live?.metadata.resourceVersion] as const;
    }),
  );
}

const labelled = (application: string, more: object = {}): object => ({
  labels: { 'plumbline.dev/app': application },
  ...more,
});

async function create(name: string, metadata: object): Promise<void> {
  const manifest = JSON.parse(configMap(name)) as { readonly metadata: object };
  const complete = { ...manifest.metadata, namespace: engine.namespace, ...metadata };
  await engine.objects.create({ ...manifest, metadata: complete } as never);
}

const longName = 'an-application-with-a-name-that-is-longer-than-a-label-may-be';

describe('After all state was lost, plumb adopt', () => {
  it('puts every inventory back as it was, and the next sync changes nothing', async () => {
    const group = `g${engine.namespace.slice(-8)}.example.com`;
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', rules: [] };
    const last = { annotations: { 'argocd.argoproj.io/sync-options': 'PruneLast=true' } };
    const service = { apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
    const before = {
      shop: await deploy('shop', {
        'app/first.yaml': configMap('first', {}, wave(-1)),
        'app/web.yaml': deployment('web'),
        'app/service.yaml': JSON.stringify({ ...service, metadata: { name: 'web' } }),
        'app/last.yaml': configMap('last', {}, wave(3)),
        'app/kept.yaml': configMap('kept', {}, last),
      }),
      widgets: await deploy('widgets', {
        'app/crd.yaml': customResourceDefinition('Widget', group),
        'app/one.yaml': customResource('Widget', group, 'one'),
      }),
      roles: await deploy('roles', {
        'app/role.yaml': JSON.stringify({ ...role, metadata: { name: named('reader') } }),
      }),
      [longName]: await deploy(longName, { 'app/a.yaml': configMap('a') }),
    };
    const versions = await Promise.all(Object.values(before).map(resourceVersions));
    await loseState();
    const adoption = await adoptHere();
    for (const [name, { inventory }] of Object.entries(before)) {
      expect(of(adoption, name)).toMatchObject({ objects: inventory.length, added: inventory.length, notes: [] });
      expect(identities(await headOf(name))).toEqual(identities(before[name as keyof typeof before]));
      expect(await headOf(name)).toMatchObject({ project: 'default', sync: { code: 'Unknown' } });
    }
    for (const name of Object.keys(before)) {
      const { results, head } = await sync(name);
      expect(results.filter(({ action }) => action !== 'unchanged')).toEqual([]);
      expect(head).toMatchObject({ sync: { code: 'Synced' }, health: { code: 'Healthy' } });
    }
    expect(await Promise.all(Object.values(before).map(resourceVersions))).toEqual(versions);
    const again = await adoptHere();
    expect(Object.keys(before).map((name) => of(again, name)?.added)).toEqual([0, 0, 0, 0]);
  });

  it('finds what left Git meanwhile, so that it is pruned; and half of an application needs approval as ever', async () => {
    await deploy('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b'), 'app/c.yaml': configMap('c') });
    await loseState();
    await engine.git.commit(named('shop'), { remove: ['app/b.yaml', 'app/c.yaml'] });
    await adoptHere();
    await expect(sync('shop')).rejects.toMatchObject({ code: 'approval-needed' });
    await engine.git.commit(named('shop'), { files: { 'app/c.yaml': configMap('c') } });
    const { results, head } = await sync('shop');
    expect(results.filter(({ action }) => action === 'pruned')).toMatchObject([{ ref: { name: 'b' } }]);
    expect(head.inventory.map(({ ref }) => ref.name)).toEqual(['a', 'c']);
    expect(await engine.live('ConfigMap', 'b')).toBeUndefined();
  });

  it('takes project and parent from what is declared, and leaves to its own cluster what is declared for another', async () => {
    await deploy('shop', { 'app/a.yaml': configMap('a') });
    await deploy('away', { 'app/b.yaml': configMap('b') });
    await loseState();
    const destination = { server: 'https://192.0.2.1:6443', namespace: engine.namespace };
    const adoption = await adoptHere({
      declared: [
        { application: { ...declare('shop'), project: 'team' }, origin: 'a test', parent: 'apps' },
        { application: { ...declare('away'), destination }, origin: 'a test' },
      ],
    });
    expect(await headOf('shop')).toMatchObject({ project: 'team', parent: 'apps' });
    expect(of(adoption, 'away')?.leftAlone).toContain('the cluster that it is declared for cannot be asked');
    expect(await headOf('away')).toBeUndefined();
  });

  it('saves nothing when it is only to say what it would do', async () => {
    await deploy('shop', { 'app/a.yaml': configMap('a') });
    await loseState();
    expect(of(await adoptHere({ dryRun: true }), 'shop')).toMatchObject({ objects: 1, added: 1 });
    expect(await ports.store.list('')).toEqual([]);
  });
});

describe('Of objects that carry a label or a tracking id', () => {
  it('plumb adopt takes those that are ours, leaves copies and those of Argo CD alone, and tells of both', async () => {
    await deploy('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
    const app = named('shop');
    const id = (name: string, application = app): object => ({
      annotations: { [trackingAnnotation]: `${application}:/ConfigMap:${engine.namespace}/${name}` },
    });
    const b = await engine.live('ConfigMap', 'b');
    await engine.objects.replace({ ...b, metadata: { ...b?.metadata, labels: {} } } as never);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', controller: true };
    const ownerReferences = [{ ...owner, uid: (await engine.live('ConfigMap', 'a'))?.metadata?.uid }];
    await create('copy', labelled(app, id('a')));
    await create('label-only', labelled(app));
    await create('derived', { ...labelled(app), ownerReferences });
    await create('argo-same-name', id('argo-same-name'));
    await create('argo-other', id('argo-other', named('argo')));
    await create('moved', labelled('somebody-else', id('moved')));
    await loseState();
    const adoption = await adoptHere();
    expect((await headOf('shop'))?.inventory.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'moved']);
    const own = adoption.stray.filter(({ ref }) => ref.namespace === engine.namespace);
    expect(own.map(({ ref, reason }) => [ref.name, reason]).sort()).toEqual([
      ['copy', 'its tracking id describes another object: it is a copy'],
      ['label-only', 'it carries our label, and no tracking id'],
    ]);
    expect(adoption.foreign).toBeGreaterThanOrEqual(2);
    expect(of(adoption, 'argo')).toBeUndefined();
  });

  it('those of a kind that may not be listed are unknown, not absent: a later plumb adopt adds them', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, stringData: { key: 'hush' } };
    await deploy('shop', { 'app/a.yaml': configMap('a'), 'app/secret.yaml': JSON.stringify(secret) });
    await loseState();
    const message = 'secrets is forbidden: User "ada" cannot list resource "secrets" in API group ""';
    const fault = { code: 403, reason: 'Forbidden', message };
    const server = await startFaultyApiServer({
      kubeconfig: engine.kubeconfig,
      rules: [{ path: /^\/api\/v1\/secrets/, fault }],
    });
    const clusters = new KubeconfigClusters({ conceal: testConceal, kubeconfig: server.kubeconfig });
    try {
      const adoption = await adoptHere({}, { ...ports, clusters });
      expect(adoption.unknown).toContainEqual({ what: 'secrets', message: expect.stringContaining('cannot list') });
      expect(of(adoption, 'shop')).toMatchObject({ objects: 1, added: 1 });
      server.setRules([]);
      expect(of(await adoptHere({}, { ...ports, clusters }), 'shop')).toMatchObject({ objects: 2, added: 1 });
      server.setRules([{ path: /limit=/, fault }]);
      await expect(adoptHere({}, { ...ports, clusters })).rejects.toMatchObject({ code: 'cluster-forbidden' });
    } finally {
      await clusters.close();
      await server.close();
    }
  });
});

describe('State that is still there', () => {
  it('only gains what it does not list', async () => {
    const before = await deploy('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
    const stored = await loadHead(ports.store, named('shop'));
    const gone = {
      ref: { group: '', kind: 'ConfigMap', namespace: engine.namespace, name: 'gone' },
      version: 'v1',
      wave: 2,
    };
    const [a] = before.inventory;
    const damaged = { ...before, inventory: [...(a === undefined ? [] : [a]), gone] };
    await saveHead(ports.store, damaged, stored?.etag ?? '');
    expect(of(await adoptHere(), 'shop')).toMatchObject({ objects: 2, added: 1 });
    const { inventory, ...rest } = (await headOf('shop')) as Head;
    const { inventory: _, ...others } = before;
    expect(rest).toEqual(others);
    expect(inventory).toEqual([a, { ref: expect.objectContaining({ name: 'b' }), version: 'v1', wave: 0 }, gone]);
  });

  const texts: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ['is corrupt', (text) => text.replace('"wave":0', '"wave":1'), /cannot be used: its content has the SHA-256/],
    ['has a newer format', (text) => text.replace('"format":1', '"format":2'), /has format 2; .*Upgrade plumb/],
  ];
  it.each(texts)('is left as it is, and told, when it %s', async (_, damage, why) => {
    await deploy('shop', { 'app/a.yaml': configMap('a') });
    const damaged = damage(await readFile(headFile('shop'), 'utf8'));
    await writeFile(headFile('shop'), damaged);
    const adopted = of(await adoptHere(), 'shop');
    expect(adopted).toMatchObject({ objects: 1, added: 0, leftAlone: expect.stringMatching(why) });
    expect(await readFile(headFile('shop'), 'utf8')).toBe(damaged);
  });

  const lease = (): object => ({ holder: 'somebody', until: new Date(Date.now() + 60_000).toISOString() });
  const changes: readonly (readonly [string, (head: Head) => Head, RegExp])[] = [
    ['says another cluster', (head) => ({ ...head, cluster: 'other', server: 'https://other' }), /in cluster other/],
    [
      'is moved by a sync at this moment',
      (head) => ({ ...head, operation: { ...head.operation, phase: 'Running', lease: lease() } as never }),
      /another sync is running \(somebody/,
    ],
  ];
  it.each(changes)('is left as it is, and told, when it %s', async (_, change, why) => {
    const before = await deploy('shop', { 'app/a.yaml': configMap('a') });
    const stored = await loadHead(ports.store, named('shop'));
    await saveHead(ports.store, { ...change(before), inventory: [] }, stored?.etag ?? '');
    const written = await readFile(headFile('shop'), 'utf8');
    const adopted = of(await adoptHere(), 'shop');
    expect(adopted).toMatchObject({ objects: 1, added: 0, leftAlone: expect.stringMatching(why) });
    expect(await readFile(headFile('shop'), 'utf8')).toBe(written);
  });
});
