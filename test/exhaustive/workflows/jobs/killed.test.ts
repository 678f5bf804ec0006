import { describe, expect, it } from '@jest/globals';
import type { JobMessage, RenderJob, SyncJob } from '../../../../shared/model/job.ts';
import { keepState } from '../../../../shared/state/kept-state.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { renderJob } from '../../../../shared/workflows/jobs/render-job.ts';
import { scanRegistered } from '../../../../shared/workflows/jobs/scan-cluster-job.ts';
import { workOnApplication } from '../../../../shared/workflows/jobs/work-on-application.ts';
import { type Death, type DyingStore, dyingStore } from '../../../support/jobs/dying-store.ts';
import { clusterId } from '../../../support/jobs/jobs-bed.ts';
import { type MemoryJobs, memoryApplication, openMemoryJobs } from '../../../support/jobs/memory-jobs.ts';

let processes = 0;

/** Runs a message in a process of its own, which may die; gives its store. */
async function run(bed: MemoryJobs, message: JobMessage | 'scan', death?: Death): Promise<DyingStore> {
  processes += 1;
  const dying = dyingStore(bed.store, death);
  const own = { store: dying.store, kept: keepState(), worker: { id: `process ${processes}`, hasEnded: () => false } };
  const ended = runIn(
    { ...bed, renderPorts: { ...bed.renderPorts, ...own }, syncPorts: { ...bed.syncPorts, ...own } },
    message,
  );
  await (death === undefined ? ended : ended.catch(() => undefined));
  return dying;
}

async function runIn(bed: MemoryJobs, message: JobMessage | 'scan'): Promise<unknown> {
  if (message === 'scan') return scanRegistered(clusterId, 'scan', bed.syncPorts);
  const { work } = message.job;
  if (work === 'declare' || work === 'look')
    return renderJob(message as JobMessage<RenderJob>, bed.control, bed.renderPorts);
  const signals = { signal: new AbortController().signal, superseded: AbortSignal.timeout(5_000) };
  return workOnApplication(message as JobMessage<SyncJob>, { signals, attempt: 1 }, bed.syncPorts);
}

const sync = (work: 'sync' | 'rollback'): JobMessage => ({ job: { work, application: 'shop' }, origin: 'ada' });
const follow: JobMessage = { job: { work: 'follow', application: 'shop', cause: 'git' }, origin: 'a push' };

type Scenario = {
  readonly title: string;
  /** Brings the world to where the message finds it. */
  readonly before: (bed: MemoryJobs) => Promise<void>;
  readonly message: (bed: MemoryJobs) => JobMessage | 'scan';
  /** What the cluster has in the end. */
  readonly value: string;
};

async function deployed(bed: MemoryJobs): Promise<void> {
  bed.push('shop', '1');
  bed.declare(memoryApplication('shop'));
  await bed.settle();
}

async function pushed(bed: MemoryJobs): Promise<void> {
  await deployed(bed);
  bed.push('shop', '2');
}

async function rendered(bed: MemoryJobs): Promise<void> {
  await pushed(bed);
  await bed.tick();
  await bed.render();
  bed.syncQueue.take();
}

async function advanced(bed: MemoryJobs): Promise<void> {
  await pushed(bed);
  await bed.settle();
}

async function drifted(bed: MemoryJobs): Promise<void> {
  await deployed(bed);
  const live = bed.cluster.find({ group: '', kind: 'ConfigMap', namespace: 'shop', name: 'prompts' });
  if (live !== undefined) bed.cluster.change(live, { data: { v: 'by hand' } });
}

const scenarios: readonly Scenario[] = [
  {
    title: 'reads what is declared for the first time',
    before: async (bed) => {
      bed.push('shop', '1');
      bed.declare(memoryApplication('shop'));
      await bed.scan();
    },
    message: () => ({ job: { work: 'declare' }, origin: 'tick' }),
    value: '1',
  },
  {
    title: 'renders a push',
    before: pushed,
    message: (bed) => ({ job: { work: 'look', repoURLs: [bed.git.url('shop')] }, origin: 'a push' }),
    value: '2',
  },
  { title: 'syncs a push', before: rendered, message: () => follow, value: '2' },
  { title: 'syncs for a person', before: rendered, message: () => sync('sync'), value: '2' },
  { title: 'goes back for a person', before: advanced, message: () => sync('rollback'), value: '1' },
  {
    title: 'repairs',
    before: drifted,
    message: () => ({ ...follow, job: { ...follow.job, cause: 'drift' } as SyncJob }),
    value: '1',
  },
  { title: 'scans', before: drifted, message: () => 'scan', value: '1' },
];

/** What is left of it all: what must not depend on who died where. */
async function outcomeOf(bed: MemoryJobs): Promise<object> {
  const head = await bed.head('shop');
  return {
    value: bed.value('shop'),
    sync: head?.sync.code,
    health: head?.health.code,
    phase: head?.operation?.phase,
    snapshots: head?.snapshots.length,
    kept: bed.store.keysBelow(keys.snapshots).length,
    pin: head?.pin?.why,
    answered: head?.answered?.origin,
    told: [...new Set(bed.events.map(({ type }) => type))].sort(),
  };
}

/** The message comes again when the lease of the one who died is over; then all goes on by itself. */
async function goOn(bed: MemoryJobs, message: JobMessage | 'scan'): Promise<void> {
  bed.clock.ahead(3 * 60_000);
  bed.renderQueue.forgetIds();
  bed.syncQueue.forgetIds();
  await run(bed, message);
  await bed.settle();
}

async function runWhole(
  { before, message }: Scenario,
  death?: Death,
): Promise<{ readonly bed: MemoryJobs; readonly dying: DyingStore }> {
  const bed = await openMemoryJobs();
  await before(bed);
  const dying = await run(bed, message(bed), death);
  await goOn(bed, message(bed));
  return { bed, dying };
}

describe('A process that dies at any write while it', () => {
  it.each(scenarios)('$title leaves what another brings to the same end', async (scenario) => {
    const undisturbed = await runWhole(scenario);
    const wanted = await outcomeOf(undisturbed.bed);
    expect(wanted).toMatchObject({ value: scenario.value, sync: 'Synced', phase: 'Succeeded' });
    const writes = undisturbed.dying.writes();
    expect(writes).toBeGreaterThan(0);
    for (let write = 1; write <= writes; write += 1)
      for (const when of ['before', 'after'] as const) {
        const { bed, dying } = await runWhole(scenario, { write, when });
        expect([write, when, dying.hasDied()]).toEqual([write, when, true]);
        expect([write, when, await outcomeOf(bed)]).toEqual([write, when, wanted]);
      }
  });
});
