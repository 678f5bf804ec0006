import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isRestored } from '../../shared/model/restore.ts';
import { loadRegistry, removeDeclared } from '../../shared/state/registry.ts';
import { applicationsBeingRestored, loadRestore, loadRestoreReport, saveRestore } from '../../shared/state/restores.ts';
import { executeRestore } from '../../shared/workflows/restore/execute-restore.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, customResource, customResourceDefinition, deployment } from '../support/manifests.ts';
import { countingWrites, entryOf, openRestoreBed, type RestoreBed } from '../support/restore-bed.ts';
import { appliedPart } from '../support/rollback-bed.ts';
import { startServing } from '../support/serving.ts';

let bed: RestoreBed;
beforeEach(async () => {
  bed = await openRestoreBed();
});
afterEach(() => bed.close());

const service = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  });
const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } };
const makesOwn = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
const value = async (name: string): Promise<string | undefined> =>
  (await bed.engine.live('ConfigMap', name))?.data?.['v'];

/** Deletes a CustomResourceDefinition; resolves when its kind is not served any more. */
async function dropDefinition(name: string): Promise<void> {
  await bed.engine.objects.delete({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
  });
  const cluster = await bed.offline.clusters.open({ name: 'home', namespace: '' });
  await eventually(`${name} is not served any more`, async () => {
    const { served } = await cluster.rediscover();
    return served.every(({ resource, group }) => `${resource}.${group}` !== name);
  });
}

describe('The applications of a cluster that was emptied', () => {
  it('are all back as they were, with Git and registries away, and every object is compared', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a', { v: '1' }), 'app/web.yaml': deployment('web') }, makesOwn);
    await bed.deploy('bank', { 'app/b.yaml': configMap('b', { v: '2' }), 'app/s.yaml': service('s') }, makesOwn);
    const before = appliedPart(await bed.engine.live('Deployment', 'web', 'apps/v1'));
    await bed.removeNamespace();
    await bed.engine.git.stop();
    const { plan, report } = await bed.restore();
    const counts = { create: 2, configure: 0, unchanged: 0, blocked: 0, prune: 0 };
    expect(plan.applications.map(({ restoration: { name }, counts: planned }) => [name, planned])).toEqual([
      ['bank', counts],
      ['shop', counts],
    ]);
    expect(isRestored(report)).toBe(true);
    expect(report.verified).toEqual({ byDryRun: 4, byMetadata: 0, unknown: 0 });
    expect(entryOf(report, 'shop')).toMatchObject({ outcome: 'restored', counts: { created: 2 }, differences: [] });
    expect(appliedPart(await bed.engine.live('Deployment', 'web', 'apps/v1'))).toEqual(before);
    expect([await value('a'), await value('b')]).toEqual(['1', '2']);
    expect(await loadRestoreReport(bed.offline.store, 'home', report.id)).toEqual(report);
  });

  it('are left alone by a second restore, which writes nothing anywhere', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a'), 'app/web.yaml': deployment('web') });
    await bed.empty();
    await bed.restore();
    const versions = async (): Promise<unknown> =>
      [await bed.engine.live('ConfigMap', 'a'), await bed.head('shop')].map((each) => JSON.stringify(each));
    const before = await versions();
    const { store, writes } = countingWrites(bed.offline.store);
    const { plan, report } = await bed.restore({}, { ports: { ...bed.offline, store } });
    expect(plan.applications).toMatchObject([{ isDone: true, counts: { create: 0, configure: 0, unchanged: 2 } }]);
    expect(entryOf(report, 'shop')).toMatchObject({ outcome: 'unchanged' });
    expect(report.verified).toEqual({ byDryRun: 0, byMetadata: 2, unknown: 0 });
    expect([writes(), await versions()]).toEqual([0, before]);
  });

  it('come back in the order in which they need each other, with what applications declare', async () => {
    const group = `${bed.engine.namespace}.example.com`;
    const child = (name: string): string =>
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: bed.engine.namespace },
          source: { repoURL: bed.engine.git.url(name), path: 'app', targetRevision: 'main' },
        },
      });
    const parent = 'root';
    await bed.engine.git.createRepository('a-user', { 'app/w.yaml': customResource('Widget', group, 'w') });
    await bed.engine.git.createRepository('operator', { 'app/d.yaml': customResourceDefinition('Widget', group) });
    await bed.deploy(parent, { 'app/a.yaml': child('a-user'), 'app/o.yaml': child('operator') });
    await bed.sync(bed.engine.application('operator'), { parent });
    await bed.sync(bed.engine.application('a-user'), { parent });
    await bed.empty();
    await dropDefinition(`widgets.${group}`);
    for (const name of ['a-user', 'operator']) await removeDeclared(bed.offline.store, 'default', name);
    const { plan, report } = await bed.restore();
    expect(plan.order.layers).toEqual([['root'], ['operator'], ['a-user']]);
    expect(report.applications.map(({ application, outcome }) => [application, outcome])).toEqual([
      ['a-user', 'restored'],
      ['operator', 'restored'],
      ['root', 'restored'],
    ]);
    expect(isRestored(report)).toBe(true);
    // What is only declared is no object of the cluster.
    expect(bed.engine.progress).toContainEqual(
      expect.objectContaining({ message: 'comparing 2 objects with the snapshots' }),
    );
    expect(report.verified).toEqual({ byDryRun: 2, byMetadata: 0, unknown: 0 });
    const { applications } = await loadRegistry(bed.offline.store);
    expect(applications.map(({ application: { name } }) => name)).toEqual(['a-user', 'operator']);
  });
});

describe('A restore', () => {
  it('brings back what was changed or deleted by hand, and says what it would do before', async () => {
    const files = {
      'app/a.yaml': configMap('a', { v: '1' }),
      'app/b.yaml': configMap('b'),
      'app/c.yaml': configMap('c'),
    };
    await bed.deploy('shop', files);
    const metadata = { namespace: bed.engine.namespace };
    await bed.engine.objects.patch({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: 'a' },
      data: { v: '9' },
    } as never);
    await bed.engine.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name: 'b' } });
    const { plan, report } = await bed.restore();
    expect(plan.applications[0]?.counts).toEqual({ create: 1, configure: 1, unchanged: 1, blocked: 0, prune: 0 });
    expect(entryOf(report, 'shop').counts).toEqual({ created: 1, configured: 1, unchanged: 1 });
    expect([await value('a'), isRestored(report)]).toEqual(['1', true]);
  });

  it('to a time takes what was deployed then, pins it, and prunes what came later as the policy says', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a', { v: '1' }) }, automated);
    const [first] = (await bed.head('shop')).snapshots;
    const time = bed.offline.clock.now().getTime();
    await bed.engine.git.commit('shop', {
      files: { 'app/a.yaml': configMap('a', { v: '2' }), 'app/b.yaml': configMap('b') },
    });
    await bed.sync(bed.engine.application('shop', automated));
    await bed.deploy('later', { 'app/c.yaml': configMap('c') });
    const { plan, report } = await bed.restore({ at: { text: 'then', time } });
    expect(plan.leftOut).toEqual([{ application: 'later', reason: 'it has no snapshot that old' }]);
    expect(plan.applications[0]?.counts).toMatchObject({ configure: 1, prune: 1 });
    expect(entryOf(report, 'shop')).toMatchObject({ snapshot: first?.name, pinned: true, outcome: 'restored' });
    expect([await value('a'), await bed.engine.live('ConfigMap', 'b'), isRestored(report)]).toEqual([
      '1',
      undefined,
      true,
    ]);
    const { pin, refused, deployed } = await bed.head('shop');
    expect(pin).toMatchObject({ snapshot: first?.name, until: 'git-moves' });
    expect(refused).toHaveLength(1);
    expect(deployed?.renderDigest).toBe(first?.renderDigest);
    // Git is back, and does not bring back what the restore took away.
    const application = bed.engine.application('shop', automated);
    await syncApplication({ application, project: bed.engine.project, reason: 'git' }, bed.engine.ports);
    expect(await value('a')).toBe('1');
    expect((await bed.restore({ at: { text: 'then', time } })).plan.applications).toMatchObject([{ isDone: true }]);
  });

  it('takes only the applications that are asked for, and tells names and clusters that it does not know', async () => {
    await bed.deploy('shop-web', { 'app/a.yaml': configMap('a') });
    await bed.deploy('bank', { 'app/b.yaml': configMap('b') });
    const plan = await bed.plan({ apps: 'shop-*' });
    expect(plan.applications.map(({ restoration: { name } }) => name)).toEqual(['shop-web']);
    await expect(bed.plan({ apps: 'nothing-*' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nothing-*'),
    });
    await expect(bed.plan({ apps: '[a' })).rejects.toMatchObject({ code: 'usage' });
    await expect(bed.plan({ cluster: 'nowhere', to: 'home' })).rejects.toMatchObject({
      hint: expect.stringContaining('home'),
    });
    await expect(bed.plan({ to: 'nowhere' })).rejects.toMatchObject({ code: 'cluster-unknown' });
    await expect(bed.plan({ at: { text: 'long ago', time: 0 } })).rejects.toMatchObject({
      message: expect.stringContaining('long ago'),
    });
  });

  it('names each difference that is left, and does not call that restored', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a', { v: '1' }), 'app/b.yaml': configMap('b') });
    await bed.empty();
    const meddle = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: bed.engine.namespace, name: 'a' },
      data: { v: '9' },
    };
    const plan = await bed.plan();
    const reporter = {
      report: (event: Parameters<typeof bed.offline.reporter.report>[0]): void => {
        if (event.type === 'notice' && event.message.startsWith('comparing'))
          meddling.push(bed.engine.objects.patch(meddle as never));
      },
    };
    const meddling: Promise<unknown>[] = [];
    const slow = { ...plan.target.cluster, name: 'home' };
    for (const method of ['facts', 'read', 'list', 'dryRunApply'] as const)
      Object.assign(slow, {
        [method]: async (...given: never[]) => {
          await Promise.all(meddling);
          return (plan.target.cluster[method] as (...all: never[]) => unknown)(...given);
        },
      });
    const watched = { ...plan, target: { ...plan.target, cluster: slow as typeof plan.target.cluster } };
    const report = await executeRestore(
      watched,
      { ...bed.offline, reporter },
      { signal: new AbortController().signal },
    );
    expect(report && entryOf(report, 'shop').differences).toEqual([
      { ref: expect.objectContaining({ name: 'a' }), fields: ['data.v'] },
    ]);
    expect(report && isRestored(report)).toBe(false);
  });
});

describe('An application that cannot be restored', () => {
  it('is blocked with the reason, and the others are restored', async () => {
    const group = `${bed.engine.namespace}.example.com`;
    await bed.deploy('crds', { 'app/d.yaml': customResourceDefinition('Gadget', group) });
    await bed.deploy('good', { 'app/a.yaml': configMap('good') });
    await bed.deploy('claimed', { 'app/a.yaml': configMap('claimed') });
    await bed.deploy('unserved', { 'app/a.yaml': customResource('Gadget', group, 'g') });
    const { head: corrupt } = await bed.deploy('corrupt', { 'app/a.yaml': configMap('corrupt') });
    await bed.offline.store.put(`renders/default/${corrupt.deployed?.renderDigest}.json.gz`, new Uint8Array([1]));
    await bed.empty();
    await bed.engine.objects.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'claimed',
        namespace: bed.engine.namespace,
        annotations: { 'argocd.argoproj.io/tracking-id': `other:/ConfigMap:${bed.engine.namespace}/claimed` },
      },
    });
    await dropDefinition(`gadgets.${group}`);
    const { plan, report } = await bed.restore({ apps: '{good,claimed,unserved,corrupt}' });
    expect(Object.fromEntries(report.applications.map(({ application, outcome }) => [application, outcome]))).toEqual({
      claimed: 'blocked',
      corrupt: 'blocked',
      good: 'restored',
      unserved: 'blocked',
    });
    expect(entryOf(report, 'claimed').message).toContain('belongs to application other');
    expect(entryOf(report, 'unserved').message).toMatch(/does not serve .*Gadget/);
    expect(entryOf(report, 'corrupt').message).toContain('cannot be used');
    expect(plan.applications.find(({ restoration }) => restoration.name === 'claimed')?.counts).toMatchObject({
      blocked: 1,
    });
    expect(isRestored(report)).toBe(false);
    expect(await bed.engine.live('ConfigMap', 'good')).toBeDefined();
  });

  it('for want of a namespace that nobody brings says so', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a') });
    await bed.removeNamespace();
    const { report } = await bed.restore();
    expect(entryOf(report, 'shop')).toMatchObject({
      outcome: 'blocked',
      message: expect.stringContaining(`there is no namespace ${bed.engine.namespace}`),
    });
    await bed.makeNamespace();
  });
});

describe('A restore that was stopped', () => {
  const deployMany = async (): Promise<void> => {
    for (const name of ['a', 'b', 'c']) await bed.deploy(name, { 'app/x.yaml': configMap(`of-${name}`, { v: '1' }) });
    await bed.empty();
  };

  it('is gone on with by the same command, with the same snapshots', async () => {
    await deployMany();
    const abort = new AbortController();
    const plan = await bed.plan();
    // Three applications fit in at once, so it is stopped before the first.
    abort.abort();
    expect(await executeRestore(plan, bed.offline, { signal: abort.signal })).toBeUndefined();
    const record = (await loadRestore(bed.offline.store, 'home'))?.record;
    expect(record).toMatchObject({ cluster: 'home', to: 'home' });
    expect([record?.lease, record?.finishedAt]).toEqual([undefined, undefined]);
    await bed.engine.git.commit('b', { files: { 'app/x.yaml': configMap('of-b', { v: '2' }) } });
    await bed.sync(bed.engine.application('b'));
    const { plan: again, report } = await bed.restore({}, { ports: bed.otherWorker() });
    expect([again.isResumed, report.id]).toEqual([true, record?.id]);
    expect([await value('of-a'), await value('of-b'), await value('of-c')]).toEqual(['1', '1', '1']);
    expect((await loadRestore(bed.offline.store, 'home'))?.record.finishedAt).toBeDefined();
  });

  it('and one that still runs is not joined; nobody else is to sync its applications meanwhile', async () => {
    await deployMany();
    expect(await applicationsBeingRestored(bed.offline)).toEqual(new Set());
    const seen: unknown[] = [];
    const plan = await bed.plan();
    const other = bed.otherWorker();
    const work = executeRestore(plan, other, {
      signal: new AbortController().signal,
      onRestored: () => {
        seen.push(
          Promise.all([applicationsBeingRestored(bed.offline), bed.plan().catch((error: Error) => error.message)]),
        );
      },
    });
    await work;
    const [[names, refusal] = []] = (await Promise.all(seen)) as readonly (readonly [ReadonlySet<string>, string])[];
    expect([...(names ?? [])].sort()).toEqual(['a', 'b', 'c']);
    expect(refusal).toMatch(/are being restored to home \(process \d+ on [\w.-]+, since /);
    expect(await applicationsBeingRestored(bed.offline)).toEqual(new Set());
  });
});

describe('While an application is being restored', () => {
  it('nobody repairs it; afterwards somebody does', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a') }, automated);
    const { store, clock } = bed.offline;
    const until = new Date(clock.now().getTime() + 60_000).toISOString();
    const { snapshots } = await bed.head('shop');
    const record = {
      id: 'r',
      cluster: 'home',
      to: 'home',
      asked: {},
      chosen: [{ application: 'shop', snapshot: snapshots[0]?.name ?? '', isOlder: false }],
      startedAt: clock.now().toISOString(),
      lease: { holder: 'somebody else', until },
    };
    const etag = await saveRestore(store, record, undefined);
    await bed.empty();
    const applications = [{ application: bed.engine.application('shop', automated), origin: 'the test' }];
    const load = () => ({ applications, projects: [bed.engine.project], rejected: [] });
    const serving = startServing(bed.engine, { load });
    try {
      await eventually('some rounds', () => serving.rounds() > 8);
      expect(await bed.engine.live('ConfigMap', 'a')).toBeUndefined();
      await saveRestore(store, { ...record, finishedAt: clock.now().toISOString() }, etag);
      await eventually('it is repaired', () => bed.engine.live('ConfigMap', 'a'));
    } finally {
      await serving.stop();
    }
  });
});
