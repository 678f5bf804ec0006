import { describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../shared/cluster-ports.ts';
import { ClusterError } from '../../../../shared/errors.ts';
import type { ClusterFacts } from '../../../../shared/model/cluster.ts';
import type { LiveObject, Manifest } from '../../../../shared/model/manifest.ts';
import type { Ports } from '../../../../shared/ports.ts';
import { awaitDefinitions } from '../../../../shared/workflows/restore/await-definitions.ts';
import { configMap, customResourceDefinition } from '../../../support/manifests.ts';

const definition = JSON.parse(customResourceDefinition('Widget', 'example.com')) as Manifest;
const other = JSON.parse(configMap('a')) as Manifest;
const never = new AbortController().signal;

type Watched = { readonly calls: readonly string[]; readonly told: readonly string[]; wait(): Promise<void> };

/** A cluster that establishes the definition at the given look, or lets nobody read it, and a clock on which a pause takes no time. */
function watch(manifests: readonly Manifest[], establishedAt: number | 'forbidden'): Watched {
  const [calls, told]: [string[], string[]] = [[], []];
  let now = 0;
  const read = async (): Promise<LiveObject> => {
    calls.push('read');
    if (establishedAt === 'forbidden') throw new ClusterError('cluster-forbidden', 'no');
    const status = calls.length >= establishedAt ? 'True' : 'False';
    const live = { ...definition, status: { conditions: [{ type: 'Established', status }] } };
    return live as unknown as LiveObject;
  };
  const widget = {
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    resource: 'widgets',
    namespaced: true,
    verbs: [],
  };
  const rediscover = async (): Promise<Pick<ClusterFacts, 'served'>> => {
    calls.push('rediscover');
    // A kind is served a little later than its definition is said to be established.
    return { served: calls.filter((call) => call === 'rediscover').length > 2 ? [widget] : [] };
  };
  const cluster = { read, rediscover } as unknown as Cluster;
  const clock = {
    now: () => new Date(now),
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const reporter = { report: (event: { readonly message?: string }) => void told.push(event.message ?? '') };
  const ports = { clock, reporter } as unknown as Ports;
  return { calls, told, wait: () => awaitDefinitions(manifests, { cluster, signal: never }, ports) };
}

describe('Before what uses a CustomResourceDefinition is restored', () => {
  it('the definition is established, and then the served kinds are read again until its kind is among them', async () => {
    const { calls, told, wait } = watch([other, definition], 4);
    await wait();
    expect(calls).toEqual([...Array(4).fill('read'), ...Array(3).fill('rediscover')]);
    expect(told).toEqual([]);
  });

  it('one that is not established within a minute is told, and the others go on', async () => {
    const { calls, told, wait } = watch([definition], Number.POSITIVE_INFINITY);
    await wait();
    expect(calls.at(-1)).toBe('rediscover');
    expect(told).toEqual([expect.stringMatching(/widgets\.example\.com: waiting to be established/)]);
  });

  it('one that may not be read is not waited for', async () => {
    const { calls, told, wait } = watch([definition], 'forbidden');
    await wait();
    expect([calls, told]).toEqual([['read', 'rediscover'], []]);
  });

  it('nobody is asked where no definition is restored', async () => {
    const { calls, wait } = watch([other], 1);
    await wait();
    expect(calls).toEqual([]);
  });
});
