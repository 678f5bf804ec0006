import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keys } from '../../../shared/state/keys.ts';
import { loadRegistry } from '../../../shared/state/registry.ts';
import { eventually } from '../../support/eventually.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap } from '../../support/manifests.ts';

const cascade = { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } };

let bed: ShopJobs;

beforeEach(async () => {
  bed = await openShopJobs(prompts('of the parent'));
  for (const name of ['one', 'two']) {
    await bed.engine.git.createRepository(name, { 'app/config.yaml': configMap(name, { v: '1' }) });
    await bed.commit({ [`app/${name}.yaml`]: bed.application(name, cascade) });
  }
  await bed.settle();
});
afterEach(() => bed.close());

const children = async (): Promise<readonly string[]> =>
  (await loadRegistry(bed.engine.ports.store)).applications.map(({ application: { name } }) => name);

/** One tick of the clock, and all that comes of it. */
async function round(): Promise<void> {
  await bed.render();
  await bed.sync();
  await bed.scan();
}

describe('An application of applications', () => {
  it('has its children declared, rendered and synced through the queues, each once', async () => {
    expect(await children()).toEqual(['one', 'two']);
    expect([await bed.value('one'), await bed.value('two')]).toEqual(['1', '1']);
    expect((await bed.head('one')).parent).toBe('shop');
    expect(
      bed.events
        .filter(({ type }) => type === 'plumbline.sync.succeeded')
        .map(({ application }) => application)
        .sort(),
    ).toEqual(['one', 'shop', 'two']);
    expect(await bed.tick()).toMatchObject({ queued: 0 });
  });

  it('has children followed like all others', async () => {
    await bed.engine.git.commit('one', { files: { 'app/config.yaml': configMap('one', { v: '2' }) } });
    await round();
    expect([await bed.value('one'), await bed.value('two')]).toEqual(['2', '1']);
  });

  it('has a child that it declares from now on synced at once, by the message that declares it', async () => {
    await bed.engine.git.createRepository('three', { 'app/config.yaml': configMap('three', { v: '1' }) });
    await bed.commit({ 'app/three.yaml': bed.application('three', cascade) }, { message: 'a third' });
    await bed.render();
    await bed.sync();
    // No tick in between: whoever syncs says what is to be rendered.
    expect(bed.renderQueue.size).toBe(1);
    await bed.render();
    await bed.sync();
    expect(await bed.value('three')).toBe('1');
  });

  it('takes a child away with what it owns when Git has it no more', async () => {
    await bed.commit({}, { remove: ['app/two.yaml'] });
    await eventually('it is gone', async () => {
      await round();
      return (await bed.value('two')) === undefined && (await children()).length === 1;
    });
    await round();
    expect(await children()).toEqual(['one']);
    expect(await bed.value('one')).toBe('1');
    expect(await bed.engine.ports.store.list(keys.wanted)).not.toContain(keys.wantedOf('default', 'two'));
    expect(await bed.scan()).toMatchObject({ applications: 2, queued: 0 });
  });
});
