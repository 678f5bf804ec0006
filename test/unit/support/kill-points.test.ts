import { describe, expect, it } from '@jest/globals';
import type { Ports } from '../../../shared/ports.ts';
import { countingPorts } from '../../support/faults/counting-ports.ts';
import { KillPoints } from '../../support/faults/kill-points.ts';

/** Ports of which only the store and one cluster are there. */
function countedPorts(): { readonly ports: Ports; readonly moments: readonly string[] } {
  const moments: string[] = [];
  const store = { get: async () => undefined, put: async () => ({ won: true }), list: async () => [] };
  const clusters = { open: async () => ({ name: 'here', apply: async () => ({}), facts: async () => ({}) }) };
  const ports = { git: {}, runner: {}, chartCredential: async () => undefined, clusters, store } as unknown as Ports;
  return { ports: countingPorts(ports, new KillPoints((moment) => void moments.push(moment))), moments };
}

const body = new Uint8Array();

describe('The moments at which a process is killed', () => {
  it('are before the first call, between two calls, and after the last one', async () => {
    const { ports, moments } = countedPorts();
    await ports.store.get('a');
    await ports.store.put('a', body, 'absent');
    expect(moments).toEqual(['before store.get a', 'after store.get a', 'after store.put a']);
  });

  it('are all those before and after calls that are under way together', async () => {
    const { ports, moments } = countedPorts();
    await Promise.all([ports.store.put('a', body), ports.store.put('b', body)]);
    expect(moments).toEqual([
      'before store.put a',
      'before store.put b, during store.put a',
      'after store.put a, during store.put b',
      'after store.put b',
    ]);
  });

  it('are in the calls of an opened cluster too', async () => {
    const { ports, moments } = countedPorts();
    const cluster = await ports.clusters.open({ namespace: 'shop' });
    expect(cluster.name).toBe('here');
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } });
    expect(moments.at(-1)).toBe('after cluster.apply ConfigMap shop/a');
  });

  it('are not in a read that was made already, until something was written', async () => {
    const { ports, moments } = countedPorts();
    await ports.store.get('a');
    await ports.store.get('a');
    await ports.store.put('b', body);
    await ports.store.get('a');
    expect(moments).toEqual(['before store.get a', 'after store.get a', 'after store.put b', 'after store.get a']);
  });
});
