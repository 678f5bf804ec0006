import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { defaultProject } from '../../shared/model/project.ts';
import { isRestored } from '../../shared/model/restore.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/start-control-plane.ts';
import type { LiveTestObject } from '../support/engine.ts';
import { configMap } from '../support/manifests.ts';
import { countingWrites, deleteHead, entryOf, openRestoreBed, type RestoreBed } from '../support/restore-bed.ts';

let away: ControlPlane;
beforeAll(async () => {
  away = await startControlPlane({ controllers: false });
});
afterAll(() => away.stop());

let bed: RestoreBed;
beforeEach(async () => {
  bed = await openRestoreBed(away.kubeconfig);
});
afterEach(() => bed.close());

const service = (spec: object): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ...spec },
  });
// Nothing collects garbage there.
const syncOptions = ['CreateNamespace=true', 'PrunePropagationPolicy=background'];
const makesOwn = { syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions } };

async function liveAway(kind: string, name: string): Promise<LiveTestObject | undefined> {
  const config = new KubeConfig();
  config.loadFromFile(away.kubeconfig);
  const objects = KubernetesObjectApi.makeApiClient(config);
  try {
    return (await objects.read({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: bed.engine.namespace },
    })) as LiveTestObject;
  } catch (error) {
    if ((error as { readonly code?: number }).code === 404) return undefined;
    throw error;
  }
}

const nodePort = (live: LiveTestObject | undefined): unknown =>
  (live?.spec?.['ports'] as readonly { readonly nodePort?: number }[] | undefined)?.[0]?.nodePort;

describe('The applications of a cluster, restored to another one,', () => {
  it('leave behind what is bound to the old one, move their state, and are not touched where they were', async () => {
    const [clusterIP, port] = ['10.96.77.7', 30_777];
    await bed.deploy(
      'shop',
      {
        'app/a.yaml': configMap('a', { v: '1', role: 'arn:aws:iam::123456789012:role/shop' }),
        'app/s.yaml': service({ type: 'NodePort', clusterIP, ports: [{ port: 80, nodePort: port }] }),
        'app/l.yaml': JSON.stringify({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } }),
      },
      makesOwn,
    );
    const { plan, report } = await bed.restore({ to: 'away' });
    expect(plan.applications).toMatchObject([{ counts: { create: 2, prune: 0 }, restoration: { isMove: true } }]);
    expect(isRestored(report)).toBe(true);
    const { notRestored, warnings } = entryOf(report, 'shop');
    expect(notRestored.map(({ ref: { kind }, field }) => [kind, field])).toEqual([
      ['Service', 'spec.clusterIP'],
      ['Service', 'spec.ports[0].nodePort'],
      ['Lease', undefined],
    ]);
    expect(warnings).toMatchObject([{ field: 'data.role', value: 'arn:aws:iam::123456789012:role/shop' }]);
    const there = await liveAway('Service', 'web');
    expect([there?.spec?.['clusterIP'] === clusterIP, nodePort(there) === port]).toEqual([false, false]);
    expect((await liveAway('ConfigMap', 'a'))?.data?.['v']).toBe('1');
    const head = await bed.head('shop');
    expect([head.cluster, head.server, head.pin, head.inventory.length]).toEqual(['away', away.server, undefined, 2]);
    expect(nodePort((await bed.engine.live('Service', 'web')) as LiveTestObject)).toBe(port);
    expect(await bed.engine.live('Lease', 'l', 'coordination.k8s.io/v1')).toBeDefined();
  });

  it('are left alone there by a second restore, under either name, which writes nothing', async () => {
    await bed.deploy(
      'shop',
      { 'app/a.yaml': configMap('a'), 'app/s.yaml': service({ clusterIP: '10.96.77.8', ports: [{ port: 80 }] }) },
      makesOwn,
    );
    await bed.deploy('plain', { 'app/b.yaml': configMap('b') }, makesOwn);
    await bed.restore({ to: 'away' });
    const { store, writes } = countingWrites(bed.offline.store);
    const ports = { ...bed.offline, store };
    const again = await bed.restore({ to: 'away' }, { ports });
    const there = await bed.restore({ cluster: 'away' }, { ports });
    for (const { plan, report } of [again, there]) {
      expect(plan.applications).toMatchObject([{ isDone: true }, { isDone: true }]);
      expect(isRestored(report)).toBe(true);
    }
    expect(writes()).toBe(0);
    await expect(bed.plan()).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('away') });
  });

  it('are refused where Git still sends them, until Git says otherwise', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a') }, makesOwn);
    await bed.restore({ to: 'away' });
    const request = {
      application: bed.engine.application('shop', makesOwn),
      project: bed.engine.project,
      reason: 'git',
    } as const;
    await expect(syncApplication(request, bed.engine.ports)).rejects.toMatchObject({ code: 'cluster-conflict' });
  });

  it('find what they left at home when they move back, and prune it as their policy says', async () => {
    const files = { 'app/a.yaml': configMap('a', { v: '1' }), 'app/old.yaml': configMap('old') };
    await bed.deploy('shop', files, makesOwn);
    await bed.restore({ to: 'away' });
    const elsewhere = { ...makesOwn, destination: { name: 'away', namespace: bed.engine.namespace } };
    await bed.engine.git.commit('shop', {
      files: { 'app/a.yaml': configMap('a', { v: '2' }) },
      remove: ['app/old.yaml'],
    });
    await bed.sync(bed.engine.application('shop', elsewhere));
    expect(await bed.engine.live('ConfigMap', 'old')).toBeDefined();
    const { plan, report } = await bed.restore({ cluster: 'away', to: 'home' });
    expect(plan.applications[0]?.counts).toMatchObject({ configure: 1, prune: 1 });
    expect(isRestored(report)).toBe(true);
    expect(await bed.engine.live('ConfigMap', 'old')).toBeUndefined();
    expect((await bed.engine.live('ConfigMap', 'a'))?.data?.['v']).toBe('2');
    expect((await bed.head('shop')).cluster).toBe('home');
  });

  it('are checked against their project as it was declared, and against what it denies', async () => {
    const rules = {
      ...defaultProject,
      name: 'team',
      destinations: [{ server: 'https://kubernetes.default.svc', namespace: '*' }],
    };
    const application = () => bed.engine.application('shop', { ...makesOwn, project: 'team' });
    await bed.engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    await syncApplication({ application: application(), project: rules, reason: 'manual' }, bed.engine.ports);
    expect(isRestored((await bed.restore({ to: 'away' })).report)).toBe(true);
    const denying = { ...rules, destinations: [...rules.destinations, { name: '!home', namespace: '*' }] };
    const there = bed.engine.application('shop', {
      ...makesOwn,
      project: 'team',
      destination: { name: 'away', namespace: bed.engine.namespace },
    });
    const allowing = { ...denying, destinations: [...denying.destinations, { name: 'away', namespace: '*' }] };
    await bed.engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: '2' }) } });
    await syncApplication({ application: there, project: allowing, reason: 'manual' }, bed.engine.ports);
    const { report } = await bed.restore({ cluster: 'away', to: 'home' });
    expect(entryOf(report, 'shop')).toMatchObject({ outcome: 'blocked', message: expect.stringContaining('denies') });
  });

  it('are pinned there to what they were at a time, without what is bound to the old one', async () => {
    const spec = { clusterIP: '10.96.77.9', ports: [{ port: 80 }] };
    await bed.deploy('shop', { 'app/a.yaml': configMap('a', { v: '1' }), 'app/s.yaml': service(spec) }, makesOwn);
    const time = bed.offline.clock.now().getTime();
    await bed.engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: '2' }) } });
    await bed.sync(bed.engine.application('shop', makesOwn));
    const asked = { to: 'away', at: { text: 'then', time } };
    const { report } = await bed.restore(asked);
    expect(isRestored(report)).toBe(true);
    expect((await liveAway('ConfigMap', 'a'))?.data?.['v']).toBe('1');
    const { pin, refused, deployed, snapshots } = await bed.head('shop');
    expect(pin).toMatchObject({ snapshot: snapshots.at(-1)?.name, renderDigest: deployed?.renderDigest });
    expect(refused).toHaveLength(1);
    const application = bed.engine.application('shop', {
      ...makesOwn,
      destination: { name: 'away', namespace: bed.engine.namespace },
    });
    const { head } = await syncApplication(
      { application, project: bed.engine.project, reason: 'git' },
      bed.engine.ports,
    );
    expect([head.sync.code, (await liveAway('ConfigMap', 'a'))?.data?.['v']]).toEqual(['Synced', '1']);
    expect((await bed.restore(asked)).plan.applications).toMatchObject([{ isDone: true }]);
  });

  it('come back with their state made anew when that is lost, and then prune what they owned', async () => {
    await bed.deploy('shop', { 'app/a.yaml': configMap('a', { v: '1' }) }, makesOwn);
    const time = bed.offline.clock.now().getTime();
    await bed.engine.git.commit('shop', { files: { 'app/b.yaml': configMap('b') } });
    await bed.sync(bed.engine.application('shop', makesOwn));
    await deleteHead(bed.offline.store, 'shop');
    const { plan, report } = await bed.restore({ at: { text: 'then', time } });
    expect(plan.applications[0]?.counts).toEqual({ create: 0, configure: 0, unchanged: 1, blocked: 0, prune: 1 });
    expect(isRestored(report)).toBe(true);
    expect(await bed.engine.live('ConfigMap', 'b')).toBeUndefined();
    const { pin, refused, snapshots } = await bed.head('shop');
    expect([pin?.snapshot, refused.length, snapshots.length]).toEqual([snapshots[0]?.name, 1, 3]);
  });
});
