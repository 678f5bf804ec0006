import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../../../../shared/errors.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { eventually } from '../../../support/eventually.ts';
import { failingOnce, type MemoryBed, memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';
import { declare } from '../../../support/model/model-application.ts';

const away = new StoreError('store-unusable', 'the disk gave an error', { retryable: true });
const errorsOf = ({ events }: MemoryBed): readonly string[] =>
  events.flatMap((event) => (event.type === 'notice' && event.level === 'error' ? [event.message] : []));
const value = ({ cluster }: MemoryBed): unknown =>
  cluster.all().find(({ metadata }) => metadata.name === 'a')?.['data'];

/** A Deployment that says from the start how its rollout went. */
function deployment(isLate: boolean): Manifest {
  const ended = isLate
    ? { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' }] }
    : { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 1, isLate },
    status: { observedGeneration: 9, ...ended },
  };
}

describe('serve', () => {
  it('outlives a store that does not tell for once what is being restored, and goes on with the next look', async () => {
    const bed = openMemoryBed({}, failingOnce('restores/', away));
    bed.git.push({ a: memoryConfigMap('a', '1') });
    await bed.serving(() => eventually('it is synced', async () => (await bed.head())?.sync.code === 'Synced'));
    expect(errorsOf(bed)).toEqual(['the disk gave an error']);
    expect(value(bed)).toEqual({ v: '1' });
  });

  it('tries an automatic rollback again that could not begin', async () => {
    const { annotations } = declare({ leavesOutD: false, autoRollback: true });
    const bed = openMemoryBed({ annotations }, failingOnce('snapshots/shop', away));
    bed.git.push({ a: memoryConfigMap('a', 'good'), web: deployment(false) });
    await bed.serving(async () => {
      await eventually('it is healthy', async () => (await bed.head())?.health.code === 'Healthy');
      bed.git.push({ a: memoryConfigMap('a', 'bad'), web: deployment(true) });
      await eventually('it is pinned', async () => (await bed.head())?.pin !== undefined);
      await eventually('it is healthy again', async () => (await bed.head())?.health.code === 'Healthy');
    });
    expect(errorsOf(bed)).toEqual(['the disk gave an error']);
    expect(value(bed)).toEqual({ v: 'good' });
  });

  it('does not take an application for synced that Git is ahead of, when something else was changed in the cluster', async () => {
    const { automated: _off, ...syncPolicy } = openMemoryBed().application.syncPolicy;
    const bed = openMemoryBed({ syncPolicy });
    bed.git.push({ a: memoryConfigMap('a', '1') });
    await bed.sync();
    bed.git.push({ a: memoryConfigMap('a', '2') });
    const isBehind = async (): Promise<boolean> => (await bed.head())?.sync.code === 'OutOfSync';
    await bed.serving(async () => {
      await eventually('Git is ahead', isBehind);
      const [live] = bed.cluster.all();
      if (live === undefined) throw new Error('there is no object');
      const annotations = { ...live.metadata.annotations, note: 'by somebody' };
      const { resourceVersion } = bed.cluster.change(live, { metadata: { ...live.metadata, annotations } }).metadata;
      const isSeen = async (): Promise<boolean> =>
        (await bed.head())?.inventory[0]?.seen?.resourceVersion === resourceVersion;
      await eventually('the change was looked at', isSeen);
      await eventually('Git is ahead again', isBehind);
    });
    expect(errorsOf(bed)).toEqual([]);
  });
});
