import { expect, it } from '@jest/globals';
import { defaultProject } from '../../../../shared/model/project.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { type Adoption, adopt } from '../../../../shared/workflows/adopt/adopt.ts';
import { rollbackApplication } from '../../../../shared/workflows/rollback/rollback.ts';
import { type MemoryBed, memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';

async function loseState({ store, application, ports }: MemoryBed): Promise<Adoption> {
  await store.delete(keys.head('shop'));
  const declared = [{ application, origin: 'the test' }];
  return adopt({ cluster: application.destination, declared }, ports);
}

it('An application that had been rolled back when its state was lost is adopted with the command that keeps it there', async () => {
  const bed = openMemoryBed();
  bed.git.push({ a: memoryConfigMap('a', 'good') });
  await bed.sync();
  bed.git.push({ a: memoryConfigMap('a', 'bad') });
  await bed.sync();
  expect((await loseState(bed)).applications[0]?.notes).toEqual([]);
  await bed.sync();
  await rollbackApplication({ application: bed.application, project: defaultProject }, bed.ports);
  const [note] = (await loseState(bed)).applications[0]?.notes ?? [];
  const [, snapshot] =
    /^it had been rolled back, .*; to stay there: plumb rollback shop (\S+) --until-unpinned$/.exec(note ?? '') ?? [];
  expect(snapshot).toBe((await bed.head())?.snapshots.at(-1)?.name);
  await rollbackApplication(
    { application: bed.application, project: defaultProject, snapshot: snapshot ?? '', until: 'unpinned' },
    bed.ports,
  );
  await bed.sync();
  expect(bed.cluster.all().map((live) => live['data'])).toEqual([{ v: 'good' }]);
});
