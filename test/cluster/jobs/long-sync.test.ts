import { afterEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { settableClock } from '../../support/jobs/settable-clock.ts';
import { openShopJobs, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap, gatedFiles, wave } from '../../support/manifests.ts';

let bed: ShopJobs;
afterEach(() => bed.close());

const has = async (name: string): Promise<boolean> => (await bed.engine.live('ConfigMap', name)) !== undefined;
/** As much as an invocation does that has little time. */
const round = () => bed.sync({ waitMs: 500 });

/** Gives the Service that the second wave waits for its address. */
async function openGate(): Promise<void> {
  const { kubeconfig, namespace } = bed.engine;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const at = { name: 'gate', namespace };
  const body = await core.readNamespacedService(at);
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await core.replaceNamespacedServiceStatus({ ...at, body: { ...body, status } });
}

describe('A sync that outlasts its invocations', () => {
  it('goes on in the next, says what it waits for, and applies no wave before the one before it is healthy', async () => {
    bed = await openShopJobs(gatedFiles);
    await bed.scan();
    await bed.render();
    await bed.render();
    for (let invocation = 1; invocation <= 4; invocation += 1) {
      expect(await round()).toEqual([
        {
          is: 'again',
          afterMs: 10_000,
          waitsFor: expect.stringMatching(/^waiting for Service \S*gate .*goes on from here$/),
        },
      ]);
      expect([await has('first'), await has('last')]).toEqual([true, false]);
      const { operation } = await bed.head();
      expect(operation).toMatchObject({ phase: 'Running', stalled: { wave: 1, handBacks: invocation } });
      // Nobody holds it while it waits in the queue.
      expect(operation).not.toHaveProperty('lease');
    }
    const { operation: before } = await bed.head();
    // What is not there yet has not drifted.
    expect(bed.told()).toEqual(['health']);
    await openGate();
    expect(await round()).toEqual([{ is: 'done' }]);
    expect(await has('last')).toBe(true);
    const { operation, snapshots } = await bed.head();
    expect(operation).toMatchObject({ id: before?.id, phase: 'Succeeded', startedAt: before?.startedAt });
    expect(operation).not.toHaveProperty('stalled');
    expect(snapshots).toHaveLength(1);
    expect(bed.told()).toContain('sync.succeeded');
  });

  it('is left to whoever has its message, and not queued once more by every scan', async () => {
    bed = await openShopJobs(gatedFiles);
    await bed.scan();
    await bed.render();
    await bed.render();
    await round();
    expect(await bed.scan()).toMatchObject({ queued: 0 });
    expect(bed.syncQueue.size).toBe(1);
  });

  it('gives way to a newer commit, which is what is synced then', async () => {
    bed = await openShopJobs(gatedFiles);
    await bed.scan();
    await bed.render();
    await bed.render();
    await round();
    await bed.commit({ 'app/last.yaml': configMap('last', { v: 'new' }, wave(2)) }, { remove: ['app/gate.yaml'] });
    await bed.render();
    await round();
    expect(await bed.value('last')).toBe('new');
    expect((await bed.head()).operation?.phase).toBe('Succeeded');
    while (bed.syncQueue.size > 0) await round();
    expect(bed.told().filter((type) => type === 'sync.succeeded')).toHaveLength(1);
  });
});

describe('A wave that never becomes healthy', () => {
  it('ends with what it waited for when its time is used up, over all its invocations', async () => {
    const clock = settableClock();
    const once = { automated: { prune: true, selfHeal: true }, retry: { limit: 0 } };
    bed = await openShopJobs(gatedFiles, { clock, declaring: { spec: { syncPolicy: once } } });
    await bed.scan();
    await bed.render();
    await bed.render();
    const ends: string[] = [];
    for (let minutes = 0; minutes < 16; minutes += 5) {
      ends.push(...(await round()).map(({ is }) => is));
      clock.ahead(5 * 60_000);
    }
    expect(ends).toEqual(['again', 'again', 'again', 'done']);
    const { operation, sync } = await bed.head();
    const waited = /the wave did not become healthy in time; still waiting for Service \S*gate/;
    expect([operation?.phase, sync.code]).toEqual(['Failed', 'OutOfSync']);
    expect(operation?.message).toMatch(waited);
    expect(bed.events.find(({ type }) => type === 'plumbline.sync.failed')?.message).toMatch(waited);
    expect(await has('last')).toBe(false);
  });

  it('ends so, too, where no look ever comes to the end of its wait', async () => {
    const clock = settableClock();
    const once = { automated: { prune: true, selfHeal: true }, retry: { limit: 0 } };
    bed = await openShopJobs(gatedFiles, { clock, declaring: { spec: { syncPolicy: once } } });
    await bed.scan();
    await bed.render();
    await bed.render();
    await bed.sync({ waitMs: 0 });
    clock.ahead(20 * 60_000);
    // As when all that there is takes the whole of an invocation to look at.
    expect(await bed.sync({ waitMs: 0 })).toEqual([{ is: 'done' }]);
    expect((await bed.head()).operation?.phase).toBe('Failed');
  });
});
