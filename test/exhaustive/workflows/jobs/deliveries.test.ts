import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SyncJob } from '../../../../shared/model/job.ts';
import type { Queued } from '../../../../shared/queue-ports.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs } from '../../../support/jobs/memory-jobs.ts';
import { recordingStore } from '../../../support/jobs/recording-store.ts';

/** What may happen to an installation, and to the messages in its queues. */
type Step =
  | { readonly do: 'push' | 'tamper'; readonly to: string }
  | { readonly do: 'tick' | 'render' | 'sync' | 'scan' | 'lose renders' | 'lose syncs' | 'wait' }
  /** Messages that were worked on come again, in another order. */
  | { readonly do: 'repeat' | 'shuffle' };

const quiet = ['tick', 'render', 'sync', 'scan', 'lose renders', 'lose syncs', 'wait', 'repeat', 'shuffle'] as const;
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...quiet).map((each): Step => ({ do: each })) },
    fc.record({ do: fc.constantFrom('push' as const, 'tamper' as const), to: fc.constantFrom('2', '3', '4') }),
  ),
  { minLength: 4, maxLength: 14 },
);

class World {
  readonly bed: MemoryJobs;
  wanted = '1';
  #seen: readonly Queued[] = [];

  constructor(bed: MemoryJobs) {
    this.bed = bed;
  }

  async take(step: Step): Promise<void> {
    const { bed } = this;
    if (step.do === 'push') return this.#push(step.to);
    if (step.do === 'tamper') return this.#tamper(step.to);
    const acts: { readonly [act in (typeof quiet)[number]]: () => unknown } = {
      tick: () => bed.tick(),
      render: () => bed.render(),
      sync: () => this.#sync(),
      scan: () => bed.scan(),
      'lose renders': () => bed.renderQueue.take(),
      'lose syncs': () => bed.syncQueue.take(),
      wait: () => this.#wait(),
      repeat: () => this.#putBack([...this.#seen, ...this.#seen]),
      shuffle: () => this.#putBack([...bed.syncQueue.take()].reverse()),
    };
    await acts[step.do]();
  }

  /** Minutes without trouble. */
  async calm(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      this.#wait();
      for (const each of ['tick', 'render', 'sync', 'scan', 'sync'] as const) await this.take({ do: each });
    }
  }

  #push(v: string): void {
    this.wanted = v;
    this.bed.push('shop', v);
  }

  #tamper(v: string): void {
    const live = this.bed.cluster.find({ group: '', kind: 'ConfigMap', namespace: 'shop', name: 'prompts' });
    if (live !== undefined) this.bed.cluster.change(live, { data: { v: `by hand ${v}` } });
  }

  async #sync(): Promise<void> {
    const waiting = this.bed.syncQueue.take();
    this.#seen = [...this.#seen, ...waiting].slice(-6);
    this.#putBack(waiting);
    await this.bed.sync();
  }

  #putBack(messages: readonly Queued[]): void {
    for (const message of messages) this.bed.syncQueue.putBack(message);
  }

  #wait(): void {
    this.bed.clock.ahead(6 * 60_000);
    this.bed.renderQueue.forgetIds();
    this.bed.syncQueue.forgetIds();
  }
}

async function open(): Promise<{
  readonly world: World;
  readonly writes: () => readonly string[];
  readonly forget: () => void;
}> {
  let recorded = recordingStore({} as never);
  const bed = await openMemoryJobs({
    store: (store) => {
      recorded = recordingStore(store);
      return recorded.store;
    },
  });
  bed.push('shop', '1');
  bed.declare(memoryApplication('shop'));
  await bed.settle();
  return {
    world: new World(bed),
    writes: () => [...recorded.of('put'), ...recorded.of('delete')],
    forget: recorded.forget,
  };
}

describe('Whatever comes of messages', () => {
  it('that are lost, late, doubled and out of order, in the end the cluster is as Git says, and all is quiet', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { world, writes, forget } = await open();
        for (const step of all) await world.take(step);
        await world.calm();
        expect(world.bed.value('shop')).toBe(world.wanted);
        expect((await world.bed.head('shop'))?.sync.code).toBe('Synced');
        forget();
        expect(await world.bed.tick()).toMatchObject({ queued: 0 });
        expect(await world.bed.scan()).toMatchObject({ moved: 0, queued: 0 });
        expect(writes()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  const job = fc.oneof(
    fc
      .constantFrom('git', 'drift', 'retry', 'secret', 'health')
      .map((cause): SyncJob => ({ work: 'follow', application: 'shop', cause: cause as 'git' })),
    fc.constant<SyncJob>({ work: 'sync', application: 'shop' }),
  );

  it('a job that finds nothing to do changes nothing in the cluster, and says nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 5 }), async (jobs) => {
        const { world } = await open();
        const { bed } = world;
        const before = bed.cluster.all();
        bed.events.length = 0;
        for (const [index, each] of jobs.entries())
          bed.syncQueue.putBack({ group: 'shop', id: `${index}`, message: { job: each, origin: `${index}` } });
        expect(await bed.sync()).toEqual(jobs.map(() => ({ is: 'done' })));
        expect([bed.cluster.all(), bed.events, bed.syncQueue.size]).toEqual([before, [], 0]);
      }),
      { numRuns: 10 },
    );
  });
});
