import { afterEach, describe, expect, it } from '@jest/globals';
import type { SyncJob } from '../../../shared/model/job.ts';
import { keepState } from '../../../shared/state/kept-state.ts';
import { workOnApplication } from '../../../shared/workflows/jobs/work-on-application.ts';
import { type Death, type DyingStore, dyingStore } from '../../support/jobs/dying-store.ts';
import { type SettableClock, settableClock } from '../../support/jobs/settable-clock.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap, wave } from '../../support/manifests.ts';

let bed: ShopJobs;
let clock: SettableClock;
afterEach(() => bed.close());

let processes = 0;

/** Works on a job in a process of its own, which may die. */
async function work(job: SyncJob, origin: string, death?: Death): Promise<DyingStore> {
  processes += 1;
  const dying = dyingStore(bed.engine.ports.store, death);
  const worker = { id: `process ${processes}`, hasEnded: () => false };
  const ports = { ...bed.syncPorts, store: dying.store, kept: keepState(), worker };
  const signals = { signal: new AbortController().signal, superseded: AbortSignal.timeout(20_000) };
  const ended = workOnApplication({ job, origin }, { signals, attempt: 1 }, ports);
  await (death === undefined ? ended : ended.catch(() => undefined));
  return dying;
}

/** Another in its place gets the message when nobody holds the application any more. */
async function redeliver(job: SyncJob, origin: string): Promise<void> {
  clock.ahead(61_000);
  await work(job, origin);
}

async function open(): Promise<void> {
  clock = settableClock();
  bed = await openShopJobs({ ...prompts('0'), 'app/last.yaml': configMap('last', { v: '0' }, wave(1)) }, { clock });
  await bed.settle();
}

async function push(v: string): Promise<void> {
  await bed.commit({ ...prompts(v), 'app/last.yaml': configMap('last', { v }, wave(1)) });
  await bed.render();
  bed.syncQueue.take();
}

const follow: SyncJob = { work: 'follow', application: 'shop', cause: 'git' };
const rollback: SyncJob = { work: 'rollback', application: 'shop' };

async function expectAt(v: string, snapshots: number): Promise<void> {
  expect([await bed.value('prompts'), await bed.value('last')]).toEqual([v, v]);
  const head = await bed.head();
  expect([head.sync.code, head.operation?.phase, head.snapshots.length]).toEqual(['Synced', 'Succeeded', snapshots]);
}

describe('A function that is killed at any write', () => {
  it('of a sync leaves what the next brings to its end, and each commit is one snapshot', async () => {
    await open();
    await push('1');
    const writes = (await work(follow, 'push 1')).writes();
    await expectAt('1', 2);
    for (let write = 1; write <= writes; write += 1) {
      const v = `${write + 1}`;
      await push(v);
      expect((await work(follow, `push ${v}`, { write, when: write % 2 === 0 ? 'before' : 'after' })).hasDied()).toBe(
        true,
      );
      await redeliver(follow, `push ${v}`);
      await expectAt(v, write + 2);
    }
    const ended = bed.events.filter(({ type }) => type === 'plumbline.sync.succeeded');
    expect(new Set(ended.map(({ id }) => id)).size).toBe(writes + 2);
  });

  it('of a rollback leaves it to the next, which goes back to the same', async () => {
    await open();
    await push('1');
    await work(follow, 'push 1');
    const writes = (await work(rollback, 'ada 0')).writes();
    await expectAt('0', 3);
    for (let write = 1; write <= writes; write += 1) {
      const v = `${write + 1}`;
      await push(v);
      await work(follow, `push ${v}`);
      const before = (await bed.head()).snapshots.length;
      expect((await work(rollback, `ada ${v}`, { write, when: 'after' })).hasDied()).toBe(true);
      await redeliver(rollback, `ada ${v}`);
      await expectAt('0', before + 1);
      expect((await bed.head()).pin?.origin).toBe(`ada ${v}`);
    }
  });
});
