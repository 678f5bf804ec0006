import { describe, expect, it } from '@jest/globals';
import { defaultProject } from '../../../../shared/model/project.ts';
import { refreshStatus } from '../../../../shared/workflows/compare/status.ts';
import { rollbackApplication } from '../../../../shared/workflows/rollback/rollback.ts';
import { followCluster } from '../../../../shared/workflows/serve/follow.ts';
import { memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';

const signals = { signal: new AbortController().signal, superseded: new AbortController().signal };
const project = { ...defaultProject, name: 'team' };

describe('An application that is moved to another project', () => {
  it('is compared with what is deployed, until it is synced again', async () => {
    const bed = openMemoryBed();
    bed.git.push({ a: memoryConfigMap('a', '1') });
    await bed.sync();
    bed.git.push({ a: memoryConfigMap('a', '2') });
    const application = { ...bed.application, project: 'team' };
    expect((await refreshStatus({ application, project }, bed.ports)).project).toBe('team');
    const declared = { application, origin: 'the test' };
    expect((await followCluster({ declared, project }, bed.ports, signals))?.sync.code).toBe('Synced');
    await bed.sync({ application, project });
    expect((await bed.head())?.deployed).not.toHaveProperty('project');
    expect((await followCluster({ declared, project }, bed.ports, signals))?.sync.code).toBe('Synced');
  });

  it('stays as it is when Git goes back to what was refused', async () => {
    const bed = openMemoryBed();
    const commit = async (v: string): Promise<void> => {
      bed.git.push({ a: memoryConfigMap('a', v) });
      await bed.sync();
    };
    await commit('good');
    await commit('bad');
    await rollbackApplication({ application: bed.application, project: defaultProject }, bed.ports);
    await commit('better');
    bed.git.push({ a: memoryConfigMap('a', 'bad') });
    const outcome = await bed.sync({ application: { ...bed.application, project: 'team' }, project });
    expect(outcome.head).toMatchObject({ project: 'team', sync: { code: 'Synced' } });
    expect(bed.cluster.all().map((live) => live['data'])).toEqual([{ v: 'better' }]);
  });
});
