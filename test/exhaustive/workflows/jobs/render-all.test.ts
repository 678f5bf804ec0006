import { describe, expect, it } from '@jest/globals';
import { GitError } from '../../../../shared/errors.ts';
import type { WantedByGit } from '../../../../shared/model/wanted.ts';
import type { GitHost } from '../../../../shared/ports.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { loadWanted, saveWanted } from '../../../../shared/state/wanted.ts';
import { loadFollowed } from '../../../../shared/workflows/jobs/declarations.ts';
import type { RenderPorts } from '../../../../shared/workflows/jobs/job-ports.ts';
import { askTogether, followedRefs } from '../../../../shared/workflows/jobs/refs-together.ts';
import { renderAll } from '../../../../shared/workflows/jobs/render-all.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs } from '../../../support/jobs/memory-jobs.ts';

/** A bed whose applications are declared and were rendered once. */
async function open(...names: readonly string[]): Promise<MemoryJobs> {
  const bed = await openMemoryJobs();
  for (const name of names) bed.push(name, '1');
  bed.declare(...names.map((name) => memoryApplication(name)));
  await bed.settle();
  bed.syncQueue.take();
  return bed;
}

async function renderNow(bed: MemoryJobs, more: Partial<RenderPorts> = {}, origin = 'a test') {
  const ports = { ...bed.renderPorts, ...more };
  const applications = [...(await loadFollowed(ports)).values()];
  const sources = applications.flatMap(({ declared }) => declared.application.sources);
  const ask = () => askTogether(ports.git, followedRefs(sources));
  return renderAll({ applications, origin, ask }, ports);
}

const wantedOf = async (bed: MemoryJobs, name: string): Promise<WantedByGit | undefined> =>
  (await loadWanted(bed.store, 'default', name))?.wanted;
const told = (bed: MemoryJobs): readonly string[] =>
  bed.syncQueue.take().map(({ group, message: { job } }) => `${group} ${job.work}`);

/** A Git host whose question for refs does something first. */
const asking = (git: GitHost, before: (repoURL: string) => Promise<void> | void): GitHost => ({
  openCommit: (repoURL, wanted) => git.openCommit(repoURL, wanted),
  listRefs: async (repoURL, prefixes) => {
    await before(repoURL);
    return git.listRefs(repoURL, prefixes);
  },
});

describe('Rendering', () => {
  it('writes and tells nothing where there is nothing new', async () => {
    const bed = await open('a', 'b');
    const before = await wantedOf(bed, 'a');
    expect(await renderNow(bed)).toEqual({ looked: 2, news: 0, pending: 0 });
    expect([await wantedOf(bed, 'a'), told(bed)]).toEqual([before, []]);
  });

  it('has those synced of which there is news, with where it came from', async () => {
    const bed = await open('a', 'b');
    bed.push('b', '2');
    expect(await renderNow(bed, {}, 'github delivery 1')).toEqual({ looked: 2, news: 1, pending: 0 });
    const [message] = bed.syncQueue.take();
    expect(message).toMatchObject({
      group: 'b',
      message: { job: { work: 'follow', application: 'b', cause: 'git' }, origin: 'github delivery 1' },
    });
    expect((await wantedOf(bed, 'b'))?.origin).toBe('github delivery 1');
  });

  it('says what is wrong with a commit, once, and keeps what was rendered before', async () => {
    const bed = await open('a', 'b');
    const before = await wantedOf(bed, 'a');
    bed.git.remove('a');
    expect(await renderNow(bed)).toMatchObject({ news: 1 });
    expect(told(bed)).toEqual(['a follow']);
    expect(await wantedOf(bed, 'a')).toMatchObject({
      rendered: before?.rendered,
      problem: { message: `there is no ${bed.git.url('a')}` },
    });
    expect(await renderNow(bed)).toMatchObject({ news: 0 });
  });

  it('takes a commit that came to nothing for nothing no longer when another comes to something', async () => {
    const bed = await open('a');
    bed.git.remove('a');
    await renderNow(bed);
    bed.push('a', '1');
    expect(await renderNow(bed)).toMatchObject({ news: 1 });
    expect(await wantedOf(bed, 'a')).not.toHaveProperty('problem');
  });

  it('throws what may pass by itself, when all others are served', async () => {
    const bed = await open('a', 'b', 'c');
    for (const name of ['a', 'b', 'c']) bed.push(name, '2');
    const before = await wantedOf(bed, 'a');
    const git = asking(bed.git, (repoURL) => {
      if (repoURL === bed.git.url('a')) throw new GitError('git-timeout', 'no answer', { retryable: true });
    });
    expect(await failureOf(renderNow(bed, { git }))).toMatchObject({ code: 'git-timeout' });
    expect(told(bed)).toEqual(['b follow', 'c follow']);
    expect(await wantedOf(bed, 'a')).toEqual(before);
  });

  it('tries again what nobody foresaw, and says nothing of it to the application', async () => {
    const bed = await open('a');
    const before = await wantedOf(bed, 'a');
    const git = asking(bed.git, () => {
      throw new TypeError('x is undefined');
    });
    await expect(renderNow(bed, { git })).rejects.toThrow('x is undefined');
    expect(await wantedOf(bed, 'a')).toEqual(before);
  });

  it('leaves those to later whose cluster nobody has looked at yet', async () => {
    const bed = await openMemoryJobs();
    bed.push('a', '1');
    bed.declare(memoryApplication('a'));
    await bed.tick();
    await bed.render();
    expect(await renderNow(bed)).toEqual({ looked: 1, news: 0, pending: 1 });
    await bed.scan();
    expect(await renderNow(bed)).toEqual({ looked: 1, news: 1, pending: 0 });
  });
});

describe('Of two that render at the same time', () => {
  it('the slower looks again, so that an older answer never takes the place of a newer one', async () => {
    const bed = await open('a');
    bed.push('a', '2');
    let isFirst = true;
    const old = await bed.git.listRefs(bed.git.url('a'), ['refs/heads/main']);
    const git: GitHost = {
      openCommit: (repoURL, wanted) => bed.git.openCommit(repoURL, wanted),
      listRefs: async (repoURL, prefixes) => {
        if (!isFirst) return bed.git.listRefs(repoURL, prefixes);
        isFirst = false;
        // While this answer is on its way, a newer one is rendered by somebody else.
        bed.push('a', '3');
        await renderNow(bed, { kept: bed.syncPorts.kept }, 'the faster');
        return old;
      },
    };
    expect(await renderNow(bed, { git }, 'the slower')).toMatchObject({ news: 0 });
    const tip = (await bed.git.listRefs(bed.git.url('a'), ['refs/heads/main']))[0]?.oid;
    expect(await wantedOf(bed, 'a')).toMatchObject({
      origin: 'the faster',
      rendered: { sources: [{ revision: tip }] },
    });
  });

  it('one that always loses gives way to the others, and it is looked at again', async () => {
    const bed = await open('a');
    bed.push('a', '2');
    let races = 0;
    const git = asking(bed.git, async () => {
      races += 1;
      const stored = await loadWanted(bed.store, 'default', 'a');
      const wanted = { ...(stored?.wanted as WantedByGit), origin: `race ${races}` };
      await saveWanted(bed.store, { ...wanted, problem: { spec: '', message: `${races}` } }, stored?.etag);
    });
    expect(await renderNow(bed, { git })).toEqual({ looked: 1, news: 0, pending: 1 });
    expect(races).toBe(4);
  });

  it('both have the application synced when the first to write could not', async () => {
    const bed = await open('a');
    bed.push('a', '2');
    const away = { send: () => Promise.reject(new GitError('git-failed', 'the queue is away', { retryable: true })) };
    await failureOf(renderNow(bed, { syncQueue: () => away }));
    // Its message is lost; whoever scans finds it.
    expect(await renderNow(bed)).toMatchObject({ news: 0 });
    expect(await bed.scan()).toMatchObject({ queued: 1 });
    await bed.sync();
    expect(bed.value('a')).toBe('2');
  });
});

describe('What Git made of an application', () => {
  it('that is declared no more is taken away', async () => {
    const bed = await open('a', 'b');
    bed.declare(memoryApplication('a'));
    await bed.tick();
    await bed.render();
    expect(bed.store.keysBelow(keys.wanted)).toEqual([keys.wantedOf('default', 'a')]);
  });

  it('is made again when it is declared otherwise', async () => {
    const bed = await open('a');
    bed.push('b', 'of b');
    bed.declare(memoryApplication('a', { source: { repoURL: bed.git.url('b'), path: 'app', targetRevision: 'main' } }));
    await bed.tick();
    await bed.render();
    expect(told(bed)).toEqual(['a follow']);
    expect((await wantedOf(bed, 'a'))?.rendered?.sources).toMatchObject([{ repoURL: bed.git.url('b') }]);
  });
});
