import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { Clock, Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, gatedFiles } from '../support/manifests.ts';

const day = 86_400_000;

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

const sync = (ports: Ports, more: { readonly waveTimeoutMs?: number } = {}): ReturnType<typeof syncApplication> =>
  syncApplication(
    { application: engine.application('shop'), project: engine.project, reason: 'manual', ...more },
    ports,
  );

/** The machine's clock, which somebody may set. */
function settableClock(): Clock & { set(byMs: number): void } {
  let offset = 0;
  return {
    now: () => new Date(engine.ports.clock.now().getTime() + offset),
    sleep: (milliseconds, signal) => engine.ports.clock.sleep(milliseconds, signal),
    set: (byMs) => {
      offset += byMs;
    },
  };
}

const operation = async () => (await loadHead(engine.ports.store, 'shop'))?.head.operation;
const atTheGate = (): Promise<unknown> =>
  eventually('the sync waits', async () => (await operation())?.cursor === 1 && (await engine.live('Service', 'gate')));

async function openGate(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(engine.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const at = { name: 'gate', namespace: engine.namespace };
  const body = await core.readNamespacedService(at);
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await core.replaceNamespacedServiceStatus({ ...at, body: { ...body, status } });
}

const jumps: readonly (readonly [string, number])[] = [
  ['a day back', -day],
  ['a day ahead', day],
];

describe('A clock that is set while a sync waits', () => {
  it.each(jumps)('by %s neither ends the wait nor makes it longer', async (_, byMs) => {
    await engine.git.createRepository('shop', gatedFiles);
    const clock = settableClock();
    const waiting = sync({ ...engine.ports, clock });
    await atTheGate();
    clock.set(byMs);
    await openGate();
    expect((await waiting).head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
  });

  it.each(jumps)('by %s does not move the deadline of its wave', async (_, byMs) => {
    await engine.git.createRepository('shop', gatedFiles);
    const clock = settableClock();
    const startedAt = performance.now();
    const waiting = sync({ ...engine.ports, clock }, { waveTimeoutMs: 2_000 });
    await atTheGate();
    clock.set(byMs);
    const { head } = await waiting;
    expect(head.operation).toMatchObject({ phase: 'Failed', message: expect.stringContaining('still waiting for') });
    expect(performance.now() - startedAt).toBeGreaterThan(1_500);
  });

  it('by a day ahead lets another worker take over; then the first one stops, and nothing is lost', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const clock = settableClock();
    const first = sync(engine.ports);
    const outcome = first.catch((error: unknown) => error);
    await atTheGate();
    clock.set(day);
    const second = sync({ ...engine.ports, worker: localWorker(), clock });
    await eventually(
      'the second has taken over',
      async () => (await operation())?.lease?.holder !== engine.ports.worker.id,
    );
    await openGate();
    expect(await outcome).toMatchObject({ code: 'sync-locked', message: expect.stringContaining('moved its state') });
    const { head } = await second;
    expect(head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
    expect(head.inventory.map(({ ref }) => ref.name)).toEqual(['first', 'last', 'gate']);
  });
});

describe('A clock that is set between two syncs', () => {
  it('leaves snapshots in the order in which they were taken', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { v: '0' }) });
    const clock = settableClock();
    const revisions: (string | undefined)[] = [];
    for (const byMs of [0, -day, 2 * day, -2 * day, 0]) {
      clock.set(byMs);
      await engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: String(revisions.length + 1) }) } });
      const { head } = await sync({ ...engine.ports, clock });
      expect(head).toMatchObject({ sync: { code: 'Synced' }, checkedAt: expect.any(String) });
      revisions.push(head.deployed?.sources[0]?.revision);
    }
    const { snapshots } = await listSnapshots(engine.ports.store, 'shop');
    expect(snapshots.map(({ sources }) => sources[0]?.revision)).toEqual(revisions);
    const { head } = (await loadHead(engine.ports.store, 'shop')) ?? {};
    expect(head?.snapshots.map(({ name }) => name)).toEqual(snapshots.map(({ name }) => name));
  });

  it('does not keep an application from its next sync', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const clock = settableClock();
    const failed = await sync({ ...engine.ports, clock }, { waveTimeoutMs: 500 });
    expect(failed.head.operation?.phase).toBe('Failed');
    await openGate();
    clock.set(-day);
    expect((await sync({ ...engine.ports, clock })).head.operation).toMatchObject({ phase: 'Succeeded' });
  });
});
