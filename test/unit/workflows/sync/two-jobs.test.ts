import { expect, it } from '@jest/globals';
import { defaultProject } from '../../../../shared/model/project.ts';
import { openApplication } from '../../../../shared/workflows/sync/prepare-sync.ts';
import { syncApplication } from '../../../../shared/workflows/sync/sync.ts';
import { wantedRender } from '../../../../shared/workflows/sync/wanted-render.ts';
import { memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';

it('A job that loses an application to another job of the same process leaves the lease to that one, which goes on', async () => {
  const bed = openMemoryBed();
  bed.git.push({ a: memoryConfigMap('a', '1') });
  const asked = { application: bed.application, project: defaultProject };
  const opened = await openApplication(asked, bed.ports);
  const late = { ...opened, ...(await wantedRender(asked, opened.session.head, bed.ports)) };
  const [isApplying, mayApply] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const apply = bed.cluster.apply.bind(bed.cluster);
  bed.cluster.apply = async (manifest) => {
    isApplying.resolve();
    await mayApply.promise;
    return apply(manifest);
  };
  const faster = bed.sync();
  await isApplying.promise;
  await expect(syncApplication({ ...asked, reason: 'git' }, bed.ports, late)).rejects.toMatchObject({
    code: 'sync-locked',
  });
  expect((await bed.head())?.operation?.lease?.holder).toBe('the test');
  mayApply.resolve();
  expect((await faster).head.operation?.phase).toBe('Succeeded');
});
