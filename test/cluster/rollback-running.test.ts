import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock, Ports } from '../../shared/ports.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap, wave } from '../support/manifests.ts';
import { openRollbackBed, prompts, type RollbackBed, stuckDeployment } from '../support/rollback-bed.ts';

let bed: RollbackBed;
beforeEach(async () => {
  bed = await openRollbackBed({ syncPolicy: { automated: { prune: true, selfHeal: true } } });
  await bed.commit(prompts('good'), { message: 'good' });
  await bed.sync();
});
afterEach(() => bed.close());

/** The first wave never becomes healthy: the second one is waited for. */
const stuck = {
  ...prompts('bad'),
  'app/web.yaml': stuckDeployment('web'),
  'app/last.yaml': configMap('last', {}, wave(1)),
};

async function untilItWaits(): Promise<void> {
  await eventually('the sync waits', () => bed.engine.progress.some(({ type }) => type === 'waiting'));
  expect(await bed.value('prompts')).toBe('bad');
}

async function expectRolledBack(): Promise<void> {
  expect(await bed.value('prompts')).toBe('good');
  expect(await bed.engine.live('ConfigMap', 'last')).toBeUndefined();
  expect(await bed.head()).toMatchObject({
    pin: { until: 'git-moves' },
    refused: [{ sources: [{ commit: { subject: 'stuck' } }] }],
    operation: { phase: 'Succeeded' },
    sync: { code: 'Synced' },
  });
}

describe('A rollback while another process syncs what is taken back', () => {
  it('stops a sync that waits for a wave, and goes through', async () => {
    await bed.commit(stuck, { message: 'stuck' });
    const waiting = failureOf(bed.sync());
    await untilItWaits();
    const { head } = await bed.rollback({}, bed.otherWorker());
    expect(head.operation).toMatchObject({ reason: 'rollback', phase: 'Succeeded' });
    expect(await waiting).toMatchObject({ code: 'sync-locked', message: expect.stringContaining('this run stops') });
    await expectRolledBack();
    await eventually('the Deployment is gone', async () => !(await bed.engine.live('Deployment', 'web', 'apps/v1')));
  });

  it('stops one that is served; whoever is faster brings it to the pin, and both are content', async () => {
    const serving = bed.serve();
    await bed.commit(stuck, { message: 'stuck' });
    await untilItWaits();
    await bed.rollback({}, bed.otherWorker());
    await expectRolledBack();
    const later = serving.rounds() + 5;
    await eventually('more looks at Git', () => serving.rounds() >= later);
    await expectRolledBack();
  });

  it('waits for one that does not look, is told so, and can be interrupted; the pin stays', async () => {
    await bed.commit(stuck, { message: 'stuck' });
    const never = new AbortController();
    const sleep: Clock['sleep'] = (_, signal) =>
      gone(AbortSignal.any(signal === undefined ? [never.signal] : [never.signal, signal]));
    const held: Ports = { ...bed.otherWorker(), clock: { ...bed.engine.ports.clock, sleep } };
    const holding = failureOf(bed.sync({}, held));
    await untilItWaits();
    const abort = new AbortController();
    const rollback = failureOf(bed.rollback({ signal: abort.signal }));
    await eventually('it is told', () =>
      bed.notices().some((message) => message.startsWith('waiting for the running')),
    );
    abort.abort();
    expect(await rollback).toMatchObject({ code: 'sync-locked' });
    expect((await bed.head()).pin).toBeDefined();
    never.abort();
    await holding;
    await bed.sync();
    await expectRolledBack();
  });
});

/** Resolves when the signal fires, however much time passes. */
function gone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

describe('A rollback that is interrupted', () => {
  it('is gone on with by the next one, which does not go further back', async () => {
    const gate = { type: 'LoadBalancer', selector: { app: 'x' }, ports: [{ port: 80 }] };
    await bed.commit({
      ...prompts('better'),
      'app/gate.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'gate' }, spec: gate }),
      'app/last.yaml': configMap('last', {}, wave(1)),
    });
    await bed.sync({ waveTimeoutMs: 300 });
    await bed.commit(prompts('bad'), { remove: ['app/gate.yaml', 'app/last.yaml'], message: 'bad' });
    await bed.sync();
    const [, , ...names] = await bed.snapshots();
    expect(names).toHaveLength(1);
    const { store } = bed.engine.ports;
    const half = (await listSnapshots(store, 'shop')).snapshots[1]?.name ?? '';
    const abort = new AbortController();
    const first = bed.rollback({ snapshot: half, signal: abort.signal });
    await eventually(
      'it waits',
      async () => (await bed.engine.live('Service', 'gate')) && (await bed.value('prompts')) === 'better',
    );
    abort.abort();
    expect((await first).head.operation).toMatchObject({ phase: 'Running', reason: 'rollback' });
    const { snapshot } = await bed.rollback({ waveTimeoutMs: 300 }, bed.otherWorker());
    expect(snapshot.name).toBe(half);
    expect((await bed.head()).refused).toMatchObject([{ sources: [{ commit: { subject: 'bad' } }] }]);
    expect((await bed.rollback({}, bed.otherWorker())).snapshot.sources[0]?.commit?.subject).toBe('good');
  });
});
