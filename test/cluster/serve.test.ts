import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultyApiServer } from '../support/faults/faulty-api-server.ts';
import { configMap, wave } from '../support/manifests.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';
import { type Serving, type ServingOptions, startServing } from '../support/serving.ts';

let engine: Engine;
let serving: Serving | undefined;
const cleanup: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
  for (const each of cleanup.splice(0)) await each.close();
  await engine.close();
});

type Spec = Readonly<Record<string, unknown>>;
const automated = { prune: true, selfHeal: true };

/** Applications of folders of the repository `shop`, each named like its folder. */
function declared(specs: Readonly<Record<string, Spec>>): Declarations {
  const source = { repoURL: engine.git.url('shop'), targetRevision: 'main' };
  const applications = Object.entries(specs).map(([name, spec]) => ({
    application: engine.application(name, { source: { ...source, path: name }, syncPolicy: { automated }, ...spec }),
    origin: 'the test',
  }));
  return { applications, projects: [engine.project], rejected: [] };
}

function start(specs: Readonly<Record<string, Spec>>, options: Partial<ServingOptions> = {}): Serving {
  const declarations = declared(specs);
  serving = startServing(engine, { load: () => declarations, ...options });
  return serving;
}

const head = async (name: string): Promise<Head | undefined> => (await loadHead(engine.ports.store, name))?.head;
const isSynced = async (name: string): Promise<boolean> => (await head(name))?.sync.code === 'Synced';
const value = async (name: string): Promise<string | undefined> => (await engine.live('ConfigMap', name))?.data?.['v'];
const files = (v: string): Record<string, string> => ({
  'one/a.yaml': configMap('a', { v }),
  'one/keep.yaml': configMap('keep'),
  'two/b.yaml': configMap('b', { v }),
});

async function editByHand(name: string): Promise<void> {
  const live = await engine.live('ConfigMap', name);
  await engine.objects.replace({ ...live, data: { v: 'by hand' } } as never, undefined, undefined, 'kubectl-edit');
}

describe('Serving', () => {
  it('asks each repository once a round, however many applications it has, and fetches only what is new', async () => {
    await engine.git.createRepository('shop', files('1'));
    const served = start({ one: {}, two: {} });
    await eventually('both are synced', async () => (await isSynced('one')) && (await isSynced('two')));
    // The round in which they were synced is over when the next but one begins.
    const settled = served.rounds() + 2;
    await eventually('a round without news', () => served.rounds() >= settled);
    engine.git.forgetRequests();
    const before = served.rounds();
    const writes = await storeEtags();
    await eventually('it was asked four times', () => engine.git.requests().length >= 4);
    expect(engine.git.requests().length).toBeLessThanOrEqual(served.rounds() - before + 1);
    expect(await storeEtags()).toEqual(writes);
  });

  it('syncs the application whose files changed, and leaves its neighbour alone', async () => {
    await engine.git.createRepository('shop', files('1'));
    start({ one: {}, two: {} });
    await eventually('both are synced', async () => (await isSynced('one')) && (await isSynced('two')));
    const neighbour = (await head('two'))?.operation;
    await engine.git.commit('shop', { files: { 'one/a.yaml': configMap('a', { v: '2' }) }, remove: ['one/keep.yaml'] });
    await eventually('the push has arrived', async () => (await value('a')) === '2');
    await eventually('what left Git is pruned', async () => (await engine.live('ConfigMap', 'keep')) === undefined);
    expect(await value('b')).toBe('1');
    expect((await head('two'))?.operation).toEqual(neighbour);
  });

  it('repairs what was changed or deleted by hand, and says what it was', async () => {
    await engine.git.createRepository('shop', files('1'));
    const served = start({ one: {} });
    await eventually('it is synced', () => isSynced('one'));
    await editByHand('a');
    await engine.objects.delete({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'keep', namespace: engine.namespace },
    });
    await eventually('the value is back', async () => (await value('a')) === '1');
    await eventually('the object is back', () => engine.live('ConfigMap', 'keep'));
    const said = served.notices('warning').join('\n');
    expect(said).toContain(`ConfigMap ${engine.namespace}/a has drifted: it was changed in the cluster`);
    expect(said).toContain(`ConfigMap ${engine.namespace}/keep has drifted: it is missing`);
  });

  it('marks what drifted OutOfSync and leaves it, without selfHeal', async () => {
    await engine.git.createRepository('shop', files('1'));
    const served = start({ one: { syncPolicy: { automated: {} } } });
    await eventually('it is synced', () => isSynced('one'));
    await editByHand('a');
    await eventually('it is OutOfSync', async () => (await head('one'))?.sync.code === 'OutOfSync');
    expect((await head('one'))?.sync.message).toContain(`ConfigMap ${engine.namespace}/a`);
    const later = served.rounds() + 5;
    await eventually('more rounds', () => served.rounds() >= later);
    expect(await value('a')).toBe('by hand');
  });

  it('only looks where nothing is automated', async () => {
    await engine.git.createRepository('shop', files('1'));
    start({ one: { syncPolicy: {} } });
    await eventually('it is OutOfSync', async () => (await head('one'))?.sync.code === 'OutOfSync');
    expect((await head('one'))?.sync.message).toContain('2 differ');
    expect(await engine.live('ConfigMap', 'a')).toBeUndefined();
  });

  it('outlives a Git host that is down: it says so, repairs drift meanwhile, and catches up afterwards', async () => {
    await engine.git.createRepository('shop', files('1'));
    const served = start({ one: {} });
    await eventually('it is synced', () => isSynced('one'));
    engine.git.fail({ status: 'reset' });
    await eventually('the failure is told', () => served.notices('error').some((message) => message.includes('shop')));
    await editByHand('a');
    await eventually('the drift is repaired', async () => (await value('a')) === '1');
    await engine.git.commit('shop', { files: files('2') });
    engine.git.heal();
    await eventually('the push has arrived', async () => (await value('a')) === '2');
  });

  it('outlives a cluster that answers 503: it says so, and goes on when it is back', async () => {
    await engine.git.createRepository('shop', files('1'));
    const faulty = await startFaultyApiServer({ kubeconfig: engine.kubeconfig });
    const clusters = new KubeconfigClusters({ conceal: testConceal, kubeconfig: faulty.kubeconfig, random: () => 0 });
    const syncPolicy = { automated, retry: { limit: 0, backoff: { duration: '200ms' } } };
    start({ one: { syncPolicy }, two: { syncPolicy } }, { ports: { ...engine.ports, clusters } });
    cleanup.push(clusters, faulty);
    await eventually('both are synced', async () => (await isSynced('one')) && (await isSynced('two')));
    faulty.setRules([{ path: /./, fault: '503' }]);
    await engine.git.commit('shop', { files: files('2') });
    await eventually('it is Unknown', async () => (await head('one'))?.sync.code === 'Unknown');
    expect((await head('one'))?.sync.message).toContain('503');
    expect(await value('a')).toBe('1');
    faulty.setRules([]);
    await eventually('both have arrived', async () => (await value('a')) === '2' && (await value('b')) === '2');
    await eventually('both are synced again', async () => (await isSynced('one')) && (await isSynced('two')));
  });

  it('ends when it is told, in the middle of a wait; what it left is gone on with', async () => {
    const gate = { type: 'LoadBalancer', selector: { app: 'x' }, ports: [{ port: 80 }] };
    const metadata = { name: 'gate', ...wave(1) };
    await engine.git.createRepository('shop', {
      ...files('1'),
      'one/gate.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata, spec: gate }),
      'one/last.yaml': configMap('last', {}, wave(2)),
    });
    const served = start({ one: {} });
    await eventually('it waits', () => engine.progress.some(({ type }) => type === 'waiting'));
    await served.stop();
    const left = (await head('one'))?.operation;
    expect(left).toMatchObject({ phase: 'Running', cursor: 1 });
    expect(left?.lease).toBeUndefined();
    const rounds = served.rounds();
    engine.git.forgetRequests();
    await engine.git.commit('shop', { files: { 'one/gate.yaml': configMap('gate') } });
    start({ one: {} });
    await eventually('it is synced', () => isSynced('one'));
    expect(served.rounds()).toBe(rounds);
    expect(await engine.live('ConfigMap', 'last')).toBeDefined();
  });
});

async function storeEtags(): Promise<readonly (string | undefined)[]> {
  const { store } = engine.ports;
  return Promise.all((await store.list('')).map(async (key) => `${key} ${(await store.get(key))?.etag}`));
}
