import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../shared/cluster-ports.ts';
import { ClusterError } from '../../../shared/errors.ts';
import { loadClusters, loadScanned, saveRegistered } from '../../../shared/state/clusters.ts';
import { keepState } from '../../../shared/state/kept-state.ts';
import { clusterId } from '../../support/jobs/jobs-bed.ts';
import { settableClock } from '../../support/jobs/settable-clock.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap } from '../../support/manifests.ts';

const otherId = 'other-cluster';
const clock = settableClock();
let bed: ShopJobs;
let isAway = false;
let tried = 0;

/** The same API server under another name; or one that does not answer. */
function leadsTo(called: string | undefined, cluster: Cluster): Cluster {
  if (!isAway || called !== clusterId) return cluster;
  tried += 1;
  const refuse = async (): Promise<never> => {
    throw new ClusterError('cluster-unreachable', 'test-cluster does not answer', { retryable: true });
  };
  const { name } = cluster;
  const gone = { facts: refuse, rediscover: refuse, read: refuse, readMetadata: refuse, list: refuse };
  return {
    name,
    ...gone,
    listMetadata: refuse,
    apply: refuse,
    dryRunApply: refuse,
    delete: refuse,
    requestToken: refuse,
  };
}

beforeEach(async () => {
  isAway = false;
  tried = 0;
  bed = await openShopJobs(prompts('1'), { clock, open: ({ name }, cluster) => leadsTo(name, cluster) });
  const { store } = bed.engine.ports;
  const [registered] = await loadClusters(store, keepState().clusters);
  if (registered !== undefined) await saveRegistered(store, { ...registered, id: otherId, name: otherId });
  await bed.engine.git.createRepository('bank', { 'app/loans.yaml': configMap('loans', { v: '1' }) });
  const destination = { name: otherId, namespace: bed.engine.namespace };
  await bed.declare({
    'shop.yaml': bed.application('shop'),
    'bank.yaml': bed.application('bank', { spec: { destination } }),
  });
  await bed.scan(otherId);
  await bed.settle();
});
afterEach(() => bed.close());

const pushBoth = async (v: string): Promise<void> => {
  await bed.commit(prompts(v));
  await bed.engine.git.commit('bank', { files: { 'app/loans.yaml': configMap('loans', { v }) } });
  await bed.render();
};
const away = async () => (await loadScanned(bed.engine.ports.store, clusterId))?.scanned.away;

describe('A cluster that does not answer', () => {
  it('is remembered by its scan, left alone by jobs without a try, delays no other, and all goes on when it is back', async () => {
    isAway = true;
    expect(await bed.scan()).toMatchObject({ isAway: true, queued: 0 });
    const since = (await away())?.since;
    expect(await away()).toMatchObject({ failures: 1, message: expect.stringContaining('does not answer') });
    tried = 0;
    await pushBoth('2');
    expect(await bed.sync()).toEqual([{ is: 'done' }, { is: 'done' }]);
    expect(tried).toBe(0);
    expect([await bed.value('prompts'), await bed.value('loans')]).toEqual(['1', '2']);
    clock.ahead(60_000);
    expect(await bed.scan()).toMatchObject({ isAway: true, oldestCheckMs: expect.any(Number) });
    expect(await away()).toMatchObject({ failures: 2, since });
    expect(await bed.scan(otherId)).toMatchObject({ isAway: false, queued: 0 });
    isAway = false;
    expect(await bed.scan()).toMatchObject({ isAway: false, queued: 1 });
    expect(await away()).toBeUndefined();
    await bed.sync();
    expect(await bed.value('prompts')).toBe('2');
    expect(await bed.scan()).toMatchObject({ moved: 0, queued: 0 });
  });

  it('is looked for less and less often, and at least every ten minutes', async () => {
    isAway = true;
    const pauses: number[] = [];
    for (let scan = 0; scan < 7; scan += 1) {
      await bed.scan();
      pauses.push(Math.round((Date.parse((await away())?.until ?? '') - clock.now().getTime()) / 1_000));
      clock.ahead(11 * 60_000);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('keeps a person waiting, who is served when it is back', async () => {
    isAway = true;
    await bed.scan();
    await bed.declare({ 'shop.yaml': bed.application('shop', { spec: { syncPolicy: {} } }), 'bank.yaml': '' });
    await bed.commit(prompts('2'));
    await bed.render();
    bed.syncQueue.take();
    bed.send({ work: 'sync', application: 'shop' });
    expect(await bed.sync()).toEqual([expect.objectContaining({ is: 'again' })]);
    isAway = false;
    await bed.scan();
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect(await bed.value('prompts')).toBe('2');
  });

  it('that goes in the middle of a sync leaves it to be gone on with', async () => {
    await pushBoth('2');
    isAway = true;
    expect((await bed.sync()).map(({ is }) => is).sort()).toEqual(['again', 'done']);
    isAway = false;
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect(await bed.value('prompts')).toBe('2');
  });
});
