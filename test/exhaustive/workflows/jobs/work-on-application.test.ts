import { describe, expect, it } from '@jest/globals';
import { ClusterError, PlumbError } from '../../../../shared/errors.ts';
import type { JobMessage, SyncJob } from '../../../../shared/model/job.ts';
import { loadScanned, saveScanned } from '../../../../shared/state/clusters.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { saveRestore } from '../../../../shared/state/restores.ts';
import type { JobEnd } from '../../../../shared/workflows/jobs/job-end.ts';
import type { SyncPorts } from '../../../../shared/workflows/jobs/job-ports.ts';
import { workOnApplication } from '../../../../shared/workflows/jobs/work-on-application.ts';
import { clusterId } from '../../../support/jobs/jobs-bed.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs } from '../../../support/jobs/memory-jobs.ts';

const byHand = { syncPolicy: {} };
const sync: SyncJob = { work: 'sync', application: 'shop' };
const rollback: SyncJob = { work: 'rollback', application: 'shop' };
const follow = (cause: 'git' | 'drift' | 'secret' | 'retry'): SyncJob => ({
  work: 'follow',
  application: 'shop',
  cause,
});

async function open(spec: object = {}, annotations: object = {}): Promise<MemoryJobs> {
  const bed = await openMemoryJobs();
  bed.push('shop', '1');
  bed.declare(memoryApplication('shop', spec, annotations));
  await bed.settle();
  bed.events.length = 0;
  return bed;
}

type More = { readonly ports?: Partial<SyncPorts>; readonly attempt?: number; readonly origin?: string };

function work(bed: MemoryJobs, job: SyncJob, { ports, attempt = 1, origin = 'ada' }: More = {}): Promise<JobEnd> {
  const signal = new AbortController().signal;
  const message: JobMessage<SyncJob> = { job, origin };
  return workOnApplication(
    message,
    { signals: { signal, superseded: AbortSignal.timeout(1_000) }, attempt },
    { ...bed.syncPorts, ...ports },
  );
}

/** Git moves on, and is rendered; nobody has synced it yet. */
async function pushed(bed: MemoryJobs, v: string): Promise<void> {
  bed.push('shop', v);
  await bed.tick();
  await bed.render();
  bed.syncQueue.take();
}

const failing = (error: Error): Partial<SyncPorts> => ({ clusters: { open: () => Promise.reject(error) } });
const unreachable = new ClusterError('cluster-unreachable', 'the cluster does not answer', { retryable: true });
const refused = new PlumbError('project-forbids', 'the project forbids it', { hint: 'ask its owner' });

describe('A person who asks for a sync', () => {
  it('gets what Git wants, and an answer', async () => {
    const bed = await open(byHand);
    expect(bed.value('shop')).toBeUndefined();
    expect(await work(bed, sync)).toEqual({ is: 'done' });
    expect(bed.value('shop')).toBe('1');
    expect((await bed.head('shop'))?.answered).toMatchObject({ origin: 'ada', phase: 'Succeeded' });
  });

  it('gets an answer where there was nothing to do', async () => {
    const bed = await open();
    await work(bed, sync);
    const head = await bed.head('shop');
    expect(head?.operation?.origin).toBe('tick');
    expect(head?.answered).toMatchObject({ origin: 'ada', phase: 'Succeeded' });
  });

  it('is served once, whatever Git says when the message comes again', async () => {
    const bed = await open(byHand);
    await work(bed, sync);
    await pushed(bed, '2');
    expect(await work(bed, sync)).toEqual({ is: 'done' });
    expect(bed.value('shop')).toBe('1');
    await work(bed, sync, { origin: 'ben' });
    expect(bed.value('shop')).toBe('2');
  });

  it('is told why nothing could be done, and the application stands as it stood', async () => {
    const bed = await open();
    await work(bed, sync, { ports: failing(refused) });
    const head = await bed.head('shop');
    expect(head?.answered?.refused).toEqual({
      code: 'project-forbids',
      message: 'the project forbids it',
      hint: 'ask its owner',
    });
    expect(head?.sync.code).toBe('Synced');
    expect(bed.events).toEqual([]);
  });

  it('is told so of an application that was never synced', async () => {
    const bed = await open(byHand);
    await work(bed, sync, { ports: failing(refused) });
    expect((await bed.head('shop'))?.answered?.refused?.code).toBe('project-forbids');
  });

  it('waits while the cluster is away, and is served when it is back', async () => {
    const bed = await open(byHand);
    await goAway(bed, 60_000);
    expect(await work(bed, sync)).toMatchObject({ is: 'again', waitsFor: `cluster ${clusterId}` });
    bed.clock.ahead(60_001);
    expect(await work(bed, sync)).toEqual({ is: 'done' });
    expect(bed.value('shop')).toBe('1');
  });
});

async function goAway(bed: MemoryJobs, ms: number): Promise<void> {
  const before = await loadScanned(bed.store, clusterId);
  const until = new Date(bed.clock.now().getTime() + ms).toISOString();
  const away = { since: until, until, failures: 1, message: 'it does not answer' };
  await saveScanned(bed.store, { id: clusterId, ...before?.scanned, away }, before?.etag);
}

describe('A person who asks to go back', () => {
  it('gets the snapshot before, once, though the message comes again after Git has moved on', async () => {
    const bed = await open();
    await pushed(bed, '2');
    await work(bed, follow('git'), { origin: 'a push' });
    for (const _ of ['once', 'twice', 'thrice']) await work(bed, rollback);
    expect(bed.value('shop')).toBe('1');
    await pushed(bed, '3');
    await work(bed, follow('git'), { origin: 'the next push' });
    expect(await work(bed, rollback)).toEqual({ is: 'done' });
    expect(bed.value('shop')).toBe('3');
  });

  it('gets it though whoever did it died right after the pin was saved', async () => {
    const bed = await open(byHand);
    await work(bed, sync, { origin: 'first' });
    await pushed(bed, '2');
    await work(bed, sync, { origin: 'second' });
    const loaded = await loadHead(bed.store, 'shop');
    const [first] = loaded?.head.snapshots ?? [];
    if (loaded === undefined || first === undefined) throw new Error('there is no snapshot');
    const { name: snapshot, renderDigest } = first;
    const pin = {
      snapshot,
      renderDigest,
      until: 'git-moves',
      at: '',
      why: 'rolled back by hand',
      origin: 'ada',
    } as const;
    await saveHead(bed.store, { ...loaded.head, pin }, loaded.etag);
    await work(bed, rollback);
    expect(bed.value('shop')).toBe('1');
  });

  it('is told that there is nothing to go back to', async () => {
    const bed = await open();
    expect(await work(bed, rollback)).toEqual({ is: 'done' });
    const head = await bed.head('shop');
    expect(head?.answered?.refused?.code).toBe('snapshot-unknown');
    expect(head?.sync.code).toBe('Synced');
  });
});

describe('Trouble', () => {
  it('that may pass is tried again, and in the end said of the application, and told', async () => {
    const bed = await open();
    await pushed(bed, '2');
    const ports = failing(unreachable);
    for (const attempt of [1, 2])
      expect(await work(bed, follow('git'), { ports, attempt })).toMatchObject({ is: 'again', afterMs: 30_000 });
    expect(await work(bed, follow('git'), { ports, attempt: 3 })).toEqual({ is: 'done' });
    expect((await bed.head('shop'))?.sync).toEqual({ code: 'Unknown', message: 'the cluster does not answer' });
    expect(bed.events).toMatchObject([{ type: 'plumbline.sync.failed', message: 'the cluster does not answer' }]);
  });

  it('that is over is forgotten by the next scan, though nothing has moved', async () => {
    const bed = await open();
    await work(bed, follow('drift'), { ports: failing(refused) });
    expect((await bed.head('shop'))?.sync.code).toBe('Unknown');
    expect(await bed.scan()).toMatchObject({ queued: 0 });
    expect((await bed.head('shop'))?.sync.code).toBe('Synced');
    expect(await bed.scan()).toMatchObject({ moved: 0, queued: 0 });
  });

  it('that nobody foresaw is put aside in the end', async () => {
    const bed = await open();
    const ports = failing(new TypeError('x is undefined'));
    expect(await work(bed, follow('git'), { ports, attempt: 3 })).toEqual({ is: 'hopeless', reason: 'x is undefined' });
  });

  it('does not end a sync that has begun before its time, however often it was left', async () => {
    const bed = await open();
    await pushed(bed, '2');
    const loaded = await loadHead(bed.store, 'shop');
    const operation = loaded?.head.operation;
    if (loaded === undefined || operation === undefined) throw new Error('it was never synced');
    const { finishedAt: _ended, ...begun } = operation;
    const head = { ...loaded.head, operation: { ...begun, phase: 'Running', origin: 'ada' } } as const;
    await saveHead(bed.store, head, loaded.etag);
    expect(await work(bed, follow('git'), { ports: failing(unreachable), attempt: 30 })).toMatchObject({ is: 'again' });
  });

  it('of whoever tells others is none of the application', async () => {
    const bed = await open();
    await pushed(bed, '2');
    const announcer = {
      announce: () => Promise.reject(new PlumbError('queue-unavailable', 'the bus is away', { retryable: true })),
    };
    await expect(work(bed, follow('git'), { ports: { announcer } })).rejects.toThrow('the bus is away');
    expect((await bed.head('shop'))?.sync.code).toBe('Synced');
    await work(bed, follow('git'));
    expect(bed.events.map(({ type }) => type)).toEqual(['plumbline.sync.succeeded']);
  });
});

describe('A job', () => {
  it('of an application that nobody declares leaves it alone, and says so', async () => {
    const bed = await open();
    expect(await work(bed, { ...sync, application: 'gone' })).toEqual({ is: 'done' });
    expect(bed.progress.at(-1)).toMatchObject({ level: 'warning', application: 'gone' });
  });

  it('waits while somebody restores its application', async () => {
    const bed = await open();
    await pushed(bed, '2');
    const chosen = [{ application: 'shop', snapshot: 'x', isOlder: false }];
    const until = new Date(bed.clock.now().getTime() + 60_000).toISOString();
    const lease = { holder: 'somebody else', until };
    const restore = { id: 'r', cluster: 'model', to: 'model', asked: {}, chosen, startedAt: until, lease };
    await saveRestore(bed.store, restore, undefined);
    expect(await work(bed, follow('git'))).toEqual({ is: 'again', afterMs: 15_000, waitsFor: 'a restore to end' });
    expect(bed.value('shop')).toBe('1');
  });

  it.each(['git', 'drift', 'retry'] as const)(
    'because of %s is left to the next scan while the cluster is away',
    async (cause) => {
      const bed = await open();
      await pushed(bed, '2');
      await goAway(bed, 60_000);
      const ports = failing(new Error('it must not be tried'));
      expect(await work(bed, follow(cause), { ports })).toEqual({ is: 'done' });
      expect(bed.value('shop')).toBe('1');
      bed.clock.ahead(60_001);
      expect(await bed.scan()).toMatchObject({ isAway: false, queued: 1 });
      await bed.sync();
      expect(bed.value('shop')).toBe('2');
    },
  );

  it('because of a secret waits for the cluster: no scan would think of it', async () => {
    const bed = await open();
    await goAway(bed, 60_000);
    expect(await work(bed, follow('secret'))).toMatchObject({ is: 'again' });
  });

  it('of a secret is remembered and answered where there is nothing to read', async () => {
    const bed = await open();
    expect(await work(bed, follow('secret'))).toEqual({ is: 'done' });
    expect(await bed.head('shop')).toMatchObject({ secretsReadAt: expect.any(String), answered: { origin: 'ada' } });
  });
});
