import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Head } from '../../shared/model/head.ts';
import type { Json } from '../../shared/model/json.ts';
import { encode } from '../../shared/state/codec.ts';
import { keys } from '../../shared/state/keys.ts';
import { collectGarbage } from '../../shared/workflows/garbage/collect-garbage.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap, wave } from '../support/manifests.ts';
import { openRollbackBed, prompts, type RollbackBed } from '../support/rollback-bed.ts';

let bed: RollbackBed;
beforeEach(async () => {
  bed = await openRollbackBed();
});
afterEach(() => bed.close());

/** Writes the head as versions did that knew no snapshots. */
async function makeOlder(): Promise<Head> {
  const { refused: _refused, snapshots: _snapshots, pin: _pin, operation, ...head } = await bed.head();
  const { snapshot: _snapshot, changes: _changes, ...older } = operation ?? {};
  const { store } = bed.engine.ports;
  for (const key of await store.list(keys.snapshots)) await store.delete(key);
  await store.put(keys.head('shop'), encode('head', { ...head, operation: older } as unknown as Json));
  return bed.head();
}

describe('State of a version that knew no snapshots', () => {
  it('is read; the next sync has nothing to write to the cluster, and leaves the snapshot that a rollback goes to', async () => {
    await bed.commit(prompts('good'));
    await bed.sync();
    expect(await makeOlder()).toMatchObject({ snapshots: [], refused: [], sync: { code: 'Synced' } });
    expect(await failureOf(bed.rollback())).toMatchObject({ code: 'snapshot-unknown' });
    const kept = await collectGarbage({}, bed.engine.ports);
    expect([kept.kept, kept.removedRenders]).toEqual([{ snapshots: 0, renders: 1 }, []]);

    const { results } = await bed.sync();
    expect(results.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(await bed.snapshots()).toHaveLength(1);
    await bed.commit(prompts('bad'));
    await bed.sync();
    await bed.rollback();
    expect(await bed.value('prompts')).toBe('good');
  });

  it('is gone on with where a sync was under way, and that ends in a snapshot too', async () => {
    const gate = { spec: { selector: { app: 'x' }, ports: [{ port: 80 }], type: 'LoadBalancer' } };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'gate', ...wave(1) }, ...gate };
    await bed.commit({
      ...prompts('good'),
      'app/gate.yaml': JSON.stringify(service),
      'app/last.yaml': configMap('last', {}, wave(2)),
    });
    const abort = new AbortController();
    const first = bed.sync({ signal: abort.signal });
    await eventually('it waits for the gate', () => bed.engine.live('Service', 'gate'));
    abort.abort();
    await first;
    expect((await makeOlder()).operation).toMatchObject({ phase: 'Running' });
    const kept = await collectGarbage({}, bed.engine.ports);
    expect(kept.removedRenders).toEqual([]);

    await openGate();
    const { head } = await bed.sync();
    expect(head.operation?.phase).toBe('Succeeded');
    expect(head.snapshots).toMatchObject([{ name: expect.stringMatching(/^\d{8}-/), outcome: 'Succeeded' }]);
    expect(head.inventory.map(({ ref }) => ref.name)).toEqual(['keep', 'last', 'prompts', 'gate']);
  });
});

/** Gives the Service an address. */
async function openGate(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(bed.engine.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const at = { name: 'gate', namespace: bed.engine.namespace };
  const service = await core.readNamespacedService(at);
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await core.replaceNamespacedServiceStatus({ ...at, body: { ...service, status } });
}
