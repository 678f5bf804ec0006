import { describe, expect, it } from '@jest/globals';
import type { RenderJob } from '../../../../shared/model/job.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { digestRefs, parseRefs, seenOf } from '../../../../shared/state/refs.ts';
import { loadWanted } from '../../../../shared/state/wanted.ts';
import { renderJob } from '../../../../shared/workflows/jobs/render-job.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs, promptsOf } from '../../../support/jobs/memory-jobs.ts';

async function open(...names: readonly string[]): Promise<MemoryJobs> {
  const bed = await openMemoryJobs();
  for (const name of names) bed.push(name, '1');
  bed.declare(...names.map((name) => memoryApplication(name)));
  await bed.settle();
  bed.git.asked.length = 0;
  bed.git.opened.length = 0;
  return bed;
}

const run = (bed: MemoryJobs, job: RenderJob) => renderJob({ job, origin: 'a test' }, bed.control, bed.renderPorts);
const look = (bed: MemoryJobs, ...repoURLs: readonly string[]) => run(bed, { work: 'look', repoURLs });

function seenDigest(bed: MemoryJobs, of: string): string | undefined {
  const key = keys.refs(of);
  const stored = bed.store.peek(key);
  return stored && parseRefs(stored, key).digest;
}

describe('A look at a repository', () => {
  it('renders all that follow it, from one question and one fetch of its new commit', async () => {
    const bed = await openMemoryJobs();
    const names = ['a', 'b', 'c'];
    const push = (v: string) =>
      bed.git.push('mono', Object.fromEntries(names.map((name) => [name, promptsOf(name, v)])));
    push('1');
    const source = { repoURL: bed.git.url('mono'), path: 'app', targetRevision: 'main' };
    bed.declare(
      ...names.map((name) =>
        memoryApplication(name, { source: { ...source, directory: { include: `${name}.json` } } }),
      ),
    );
    await bed.settle();
    bed.git.asked.length = 0;
    push('2');
    expect(await look(bed, bed.git.url('mono'))).toEqual({ looked: 3, news: 3, pending: 0 });
    // Once to see whether it has moved, and once after what is known of its applications was read.
    expect(bed.git.asked).toEqual([bed.git.url('mono'), bed.git.url('mono')]);
  });

  it('costs one question where it has not moved', async () => {
    const bed = await open('shop');
    expect(await look(bed, bed.git.url('shop'))).toEqual({ looked: 0, news: 0, pending: 0 });
    expect([bed.git.asked, bed.git.opened]).toEqual([[bed.git.url('shop')], []]);
  });

  it.each([
    ['without its ending', 'https://git.test/shop'],
    ['in capitals', 'https://GIT.test/Shop.git'],
    ['over SSH', 'git@git.test:shop.git'],
  ])('finds those who follow it however it is spelled: %s', async (_how, spelling) => {
    const bed = await open('shop');
    bed.push('shop', '2');
    expect(await look(bed, spelling)).toMatchObject({ looked: 1, news: 1 });
  });

  it('that nobody follows does nothing, and asks nothing', async () => {
    const bed = await open('shop');
    expect(await look(bed, 'https://git.test/unknown.git')).toEqual({ looked: 0, news: 0, pending: 0 });
    expect(bed.git.asked).toEqual([]);
  });

  it('is remembered when all that came of it is passed on, and not before', async () => {
    const bed = await open('shop');
    const of = seenOf.applications(bed.git.url('shop'));
    const before = seenDigest(bed, of);
    bed.push('shop', '2');
    const away = { ...bed.renderPorts, syncQueue: () => ({ send: () => Promise.reject(new Error('away')) }) };
    const job = { work: 'look', repoURLs: [bed.git.url('shop')] } as const;
    await failureOf(renderJob({ job, origin: 'a test' }, bed.control, away));
    expect(seenDigest(bed, of)).toBe(before);
    await look(bed, bed.git.url('shop'));
    const refs = await bed.git.listRefs(bed.git.url('shop'), ['refs/heads/main']);
    expect(seenDigest(bed, of)).toBe(digestRefs(refs));
  });
});

describe('A push to the control repository', () => {
  it('is read for what it declares, and what is new is rendered and synced', async () => {
    const bed = await open('shop');
    bed.push('other', '1');
    bed.declare(memoryApplication('shop'), memoryApplication('other'));
    expect(await look(bed, bed.control.repoURL)).toMatchObject({ looked: 1, news: 1 });
    expect((await loadWanted(bed.store, 'default', 'other'))?.wanted.rendered).toBeDefined();
  });

  it('that moved nothing is one question more, and reads nothing', async () => {
    const bed = await open('shop');
    await look(bed, bed.control.repoURL);
    expect([bed.git.asked, bed.git.opened]).toEqual([[bed.control.repoURL], []]);
  });

  it('brings what is declared and what is rendered of a repository that holds both', async () => {
    const bed = await openMemoryJobs();
    const application = memoryApplication('self', {
      source: {
        repoURL: bed.control.repoURL,
        path: 'app',
        targetRevision: 'main',
        directory: { include: 'prompts.json' },
      },
    });
    bed.git.push('control', { self: application, prompts: promptsOf('self', '1') });
    await bed.settle();
    expect(bed.value('self')).toBe('1');
    bed.git.push('control', { self: application, prompts: promptsOf('self', '2') });
    await look(bed, bed.control.repoURL);
    await bed.sync();
    expect(bed.value('self')).toBe('2');
  });
});

describe('What came to nothing', () => {
  it('is rendered when the cluster that it names is registered, though Git has not moved', async () => {
    const bed = await openMemoryJobs();
    bed.push('shop', '1');
    bed.declare(memoryApplication('shop', { destination: { name: 'model-2', namespace: 'shop' } }));
    await bed.scan();
    await bed.tick();
    await bed.render();
    await bed.sync();
    const { wanted } = (await loadWanted(bed.store, 'default', 'shop')) ?? {};
    expect(wanted?.problem?.message).toContain('no cluster "model-2" is registered');
    expect((await bed.head('shop'))?.sync.message).toContain('no cluster "model-2" is registered');
    await bed.rename('model-2');
    await run(bed, { work: 'declare' });
    await bed.sync();
    expect(bed.value('shop')).toBe('1');
  });
});
