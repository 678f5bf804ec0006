import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncJob } from '../../../shared/model/job.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';

let bed: ShopJobs;
beforeEach(async () => {
  bed = await openShopJobs(prompts('1'));
  await bed.settle();
});
afterEach(() => bed.close());

const follow: SyncJob = { work: 'follow', application: 'shop', cause: 'git' };
const sync: SyncJob = { work: 'sync', application: 'shop' };
const rollback: SyncJob = { work: 'rollback', application: 'shop' };

/** All that tells whether anything was done. */
async function standing(): Promise<object> {
  const live = await bed.engine.live('ConfigMap', 'prompts');
  const { operation, snapshots, pin } = await bed.head();
  return { version: live?.metadata?.resourceVersion, v: live?.data?.['v'], operation: operation?.id, snapshots, pin };
}

async function deploy(v: string): Promise<void> {
  await bed.commit(prompts(v));
  await bed.settle();
}

describe('A message that comes more often than once', () => {
  it('changes nothing, however often it comes', async () => {
    await bed.commit(prompts('2'));
    await bed.render();
    await bed.sync();
    const before = await standing();
    bed.events.length = 0;
    for (const _ of ['again', 'and again']) bed.send(follow, 'tick');
    expect(await bed.sync()).toEqual([{ is: 'done' }, { is: 'done' }]);
    expect(await standing()).toEqual(before);
    expect(bed.events).toEqual([]);
  });

  it('changes nothing when it is about an older commit than what is deployed', async () => {
    await bed.commit(prompts('2'));
    await bed.render();
    const [old] = bed.syncQueue.take();
    await deploy('3');
    const before = await standing();
    if (old !== undefined) bed.syncQueue.putBack(old);
    await bed.sync();
    expect(await standing()).toEqual(before);
    expect(before).toMatchObject({ v: '3' });
  });

  it('syncs once for a person, though Git has moved on when it comes again', async () => {
    await bed.declare({ 'shop.yaml': bed.application('shop', { spec: { syncPolicy: {} } }) });
    await deploy('2');
    expect(await bed.value('prompts')).toBe('1');
    bed.send(sync);
    await bed.sync();
    expect(await bed.value('prompts')).toBe('2');
    await deploy('3');
    bed.send(sync);
    await bed.sync();
    expect(await bed.value('prompts')).toBe('2');
    expect((await bed.head()).answered).toMatchObject({ origin: 'ada', phase: 'Succeeded' });
  });
});

describe('A person who asks to go back', () => {
  it('has the application pinned, once, and the next push goes on from there', async () => {
    await deploy('2');
    for (const _ of ['once', 'twice']) bed.send(rollback);
    await bed.sync();
    expect(await bed.value('prompts')).toBe('1');
    const pinned = await standing();
    expect(pinned).toMatchObject({ pin: { origin: 'ada', until: 'git-moves', why: 'rolled back by hand' } });
    expect(bed.told().filter((type) => type === 'rolled-back')).toHaveLength(1);
    // What was refused is not taken again.
    await bed.settle();
    expect(await standing()).toEqual(pinned);
    await deploy('3');
    expect(await bed.value('prompts')).toBe('3');
    expect((await bed.head()).pin).toBeUndefined();
    bed.send(rollback);
    await bed.sync();
    expect(await bed.value('prompts')).toBe('3');
  });

  it('may say to what, and until when', async () => {
    await deploy('2');
    await deploy('3');
    const [first] = (await bed.head()).snapshots;
    bed.send({ ...rollback, snapshot: first?.name ?? '', until: 'unpinned', why: 'two was bad, too' });
    await bed.sync();
    expect(await bed.value('prompts')).toBe('1');
    await deploy('4');
    expect(await bed.value('prompts')).toBe('1');
    expect((await bed.head()).pin).toMatchObject({ until: 'unpinned', why: 'two was bad, too' });
  });

  it('lets it go on with Git when it is unpinned, once, and what was refused is taken then', async () => {
    await deploy('2');
    bed.send(rollback);
    await bed.sync();
    for (const _ of ['once', 'twice']) bed.send({ work: 'unpin', application: 'shop' }, 'ben');
    expect(await bed.sync()).toEqual([{ is: 'done' }, { is: 'done' }]);
    expect(await bed.value('prompts')).toBe('2');
    expect(await bed.head()).toMatchObject({ refused: [], answered: { origin: 'ben', phase: 'Succeeded' } });
  });
});
