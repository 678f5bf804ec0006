import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { digestRefs, saveRefs } from '../../../../shared/state/refs.ts';
import { saveWanted, specOf } from '../../../../shared/state/wanted.ts';
import { loadFollowed } from '../../../../shared/workflows/jobs/declarations.ts';
import { seenOfControl } from '../../../../shared/workflows/jobs/declare-job.ts';
import { scheduleLooks } from '../../../../shared/workflows/jobs/schedule-looks.ts';
import type { Followed } from '../../../../shared/workflows/serve/follow.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs } from '../../../support/jobs/memory-jobs.ts';

const shop = memoryApplication('shop');
const chart = { repoURL: 'https://charts.test', chart: 'web', targetRevision: '1.x' };

async function openShop(): Promise<MemoryJobs> {
  const bed = await openMemoryJobs();
  bed.push('shop', '1');
  bed.declare(shop);
  await bed.settle();
  bed.renderQueue.take();
  return bed;
}

const queued = (bed: MemoryJobs): readonly string[] =>
  bed.renderQueue
    .take()
    .map(({ message: { job } }) => (job.work === 'look' ? `look ${job.repoURLs.join()}` : job.work));

describe('A tick', () => {
  it('has the control repository read at first', async () => {
    const bed = await openMemoryJobs();
    bed.declare(shop);
    expect(await bed.tick()).toEqual({ probed: 1, failed: 0, queued: 1 });
    expect(queued(bed)).toEqual(['declare']);
  });

  it('asks each repository once, and queues nothing where nothing has moved', async () => {
    const bed = await openShop();
    bed.git.asked.length = 0;
    expect(await bed.tick()).toEqual({ probed: 2, failed: 0, queued: 0 });
    expect(bed.git.asked).toEqual([bed.git.url('control'), bed.git.url('shop')]);
  });

  it('has those looked at that have moved, again and again until somebody says that it was', async () => {
    const bed = await openShop();
    bed.push('shop', '2');
    await bed.tick();
    expect(queued(bed)).toEqual([`look ${bed.git.url('shop')}`]);
    expect(await bed.tick()).toMatchObject({ queued: 1 });
    // Within five minutes it is the same message.
    expect(queued(bed)).toEqual([]);
    bed.renderQueue.forgetIds();
    await bed.tick();
    await bed.render();
    expect(await bed.tick()).toMatchObject({ queued: 0 });
  });

  it('goes on with the others when a repository is gone', async () => {
    const bed = await openShop();
    bed.push('other', '1');
    bed.declare(shop, memoryApplication('other'));
    await bed.settle();
    bed.git.remove('shop');
    bed.push('other', '2');
    expect(await bed.tick()).toEqual({ probed: 3, failed: 1, queued: 1 });
    expect(queued(bed)).toEqual([`look ${bed.git.url('other')}`]);
    expect(bed.progress.at(-1)).toMatchObject({ level: 'error', message: `there is no ${bed.git.url('shop')}` });
  });

  it('has what is declared read again when the control repository is to be read at another place', async () => {
    const bed = await openShop();
    const ports = { ...bed.ports, kept: bed.renderPorts.kept, renderQueue: bed.renderQueue, clock: bed.clock };
    for (const other of [{ path: 'elsewhere' }, { revision: 'refs/heads/main' }]) {
      await scheduleLooks({ ...bed.control, ...other }, 'tick', ports);
      expect(queued(bed)).toEqual(['declare']);
    }
  });

  it('has what is declared at a full SHA read once, and does not ask for refs', async () => {
    const bed = await openMemoryJobs();
    bed.push('shop', '1');
    bed.declare(shop);
    const [tip] = await bed.git.listRefs(bed.git.url('control'), ['refs/heads/main']);
    const control = { ...bed.control, revision: tip?.oid ?? '' };
    const ports = { ...bed.ports, kept: bed.renderPorts.kept, renderQueue: bed.renderQueue, clock: bed.clock };
    bed.git.asked.length = 0;
    expect(await scheduleLooks(control, 'tick', ports)).toEqual({ probed: 1, failed: 0, queued: 1 });
    expect(bed.git.asked).toEqual([]);
  });

  const rendered = { renderDigest: 'A', sources: [], warnings: [], tools: { helm: 'v4', kustomize: 'v5' } };
  it.each<[string, Manifest, 'rendered' | 'problem', number]>([
    ['that came to nothing', shop, 'problem', 5],
    ['of a chart whose version is a range', memoryApplication('shop', { source: chart }), 'rendered', 15],
  ])('has an application %s looked at every so many minutes', async (_what, manifest, came, minutes) => {
    const bed = await openMemoryJobs();
    bed.declare(manifest);
    await bed.tick();
    await bed.render().catch(() => undefined);
    const followed = (await loadFollowed(bed.renderPorts)).get('shop') as Followed;
    const spec = specOf(followed.declared.application, followed.project);
    const content = came === 'rendered' ? { rendered: { spec, ...rendered } } : { problem: { spec, message: 'no' } };
    const etag = bed.store.peek(keys.wantedOf('default', 'shop'))?.etag;
    await saveWanted(bed.store, { application: 'shop', project: 'default', at: '', origin: '', ...content }, etag);
    const refs = await bed.git.listRefs(bed.control.repoURL, ['refs/heads/main']);
    await saveRefs(bed.store, { of: seenOfControl(bed.control), digest: digestRefs(refs) });
    const turns: number[] = [];
    bed.clock.ahead(minutes * 60_000 - (bed.clock.now().getTime() % (minutes * 60_000)));
    for (let minute = 0; minute < 2 * minutes; minute += 1) {
      // A queue remembers an id for five minutes.
      if (minute % 5 === 0) bed.renderQueue.forgetIds();
      await bed.tick();
      if (queued(bed).some((job) => job === 'declare')) turns.push(minute);
      bed.clock.ahead(60_000);
    }
    expect(turns).toEqual([0, minutes]);
  });
});
