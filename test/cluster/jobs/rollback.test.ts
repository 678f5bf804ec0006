import { afterEach, describe, expect, it } from '@jest/globals';
import type { SyncJob } from '../../../shared/model/job.ts';
import { eventually } from '../../support/eventually.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { deployment, gatedFiles } from '../../support/manifests.ts';
import { stuckDeployment } from '../../support/rollback-bed.ts';

let bed: ShopJobs;
afterEach(() => bed.close());

const rollback: SyncJob = { work: 'rollback', application: 'shop' };
const cautious = { metadata: { annotations: { 'plumbline.dev/auto-rollback': 'true' } } };

/** The watch goes on, look by look, until the application says that. */
const says = (v: string): Promise<unknown> =>
  eventually(`it says ${v}`, async () => {
    await bed.sync();
    return (await bed.value('prompts')) === v;
  });

const healthy = (): Promise<unknown> =>
  eventually('it is healthy', async () => {
    await bed.sync();
    await bed.scan();
    return (await bed.head()).health.code === 'Healthy';
  });

describe('An application that asks for it', () => {
  it('goes back by itself from a merge whose rollout gets stuck, which is watched beside the queue, and says what failed', async () => {
    bed = await openShopJobs({ ...prompts('good'), 'app/web.yaml': deployment('web') }, { declaring: cautious });
    await bed.settle();
    await healthy();
    bed.events.length = 0;
    await bed.commit({ ...prompts('bad'), 'app/web.yaml': stuckDeployment('web', 1) }, { message: 'bad' });
    await bed.render();
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect(await bed.value('prompts')).toBe('bad');
    expect(bed.syncQueue.take().map(({ group, message }) => [group, message.job])).toEqual([
      ['shop health', { work: 'follow', application: 'shop', cause: 'health' }],
    ]);
    bed.send({ work: 'follow', application: 'shop', cause: 'health' }, 'tick');
    await says('good');
    expect((await bed.head()).pin?.why).toMatch(/^automatic rollback: the sync ended Degraded/);
    expect(bed.told()).toEqual(expect.arrayContaining(['sync.succeeded', 'rolled-back']));
    await bed.commit({ ...prompts('fixed'), 'app/web.yaml': deployment('web') });
    await bed.render();
    await bed.sync();
    expect(await bed.value('prompts')).toBe('fixed');
  });

  it('goes back though the watch was lost, when a scan has seen how it ended', async () => {
    bed = await openShopJobs({ ...prompts('good'), 'app/web.yaml': deployment('web') }, { declaring: cautious });
    await bed.settle();
    await healthy();
    await bed.commit({ ...prompts('bad'), 'app/web.yaml': stuckDeployment('web', 1) });
    await bed.render();
    await bed.sync();
    bed.syncQueue.take();
    await eventually('a scan has it taken back', async () => {
      await bed.scan();
      await bed.sync();
      return (await bed.value('prompts')) === 'good';
    });
  });

  it('tells what failed before it tells that it has gone back', async () => {
    bed = await openShopJobs(prompts('good'), { declaring: cautious });
    await bed.settle();
    bed.events.length = 0;
    const broken = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'broken' },
      spec: { ports: [{ port: -1 }] },
    });
    await bed.commit({ ...prompts('bad'), 'app/broken.yaml': broken });
    await bed.render();
    await bed.sync();
    expect(await bed.value('prompts')).toBe('good');
    expect(bed.told().filter((type) => type !== 'health')).toEqual(['sync.failed', 'rolled-back']);
  });
});

describe('A person', () => {
  it('goes back from a sync that is under way, which then gives way', async () => {
    bed = await openShopJobs(prompts('1'));
    await bed.settle();
    await bed.commit({ ...prompts('2'), ...gatedFiles });
    await bed.render();
    expect((await bed.sync({ waitMs: 300 }))[0]?.is).toBe('again');
    const [waiting] = bed.syncQueue.take();
    bed.send(rollback);
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    if (waiting !== undefined) bed.syncQueue.putBack(waiting);
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect([await bed.value('prompts'), await bed.engine.live('Service', 'gate')]).toEqual(['1', undefined]);
    expect((await bed.head()).operation).toMatchObject({ phase: 'Succeeded', reason: 'rollback' });
  });
});
