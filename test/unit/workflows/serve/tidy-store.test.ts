import { describe, expect, it } from '@jest/globals';
import { tidyStore } from '../../../../shared/workflows/serve/tidy-store.ts';
import { memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';

/** What is said when the first object below a prefix cannot be read. */
async function saidWithout(prefix: string): Promise<readonly string[]> {
  const bed = openMemoryBed();
  bed.git.push({ a: memoryConfigMap('a', '1') });
  await bed.sync();
  await bed.store.put(bed.store.keysBelow(prefix)[0] ?? '', Buffer.from('{}'));
  const before = bed.events.length;
  await tidyStore(undefined, bed.ports);
  return bed.events.slice(before).flatMap((event) => (event.type === 'notice' ? [event.message] : []));
}

describe('What cannot be read when the store is tidied', () => {
  it('is told with what it keeps from being done, and what to do', async () => {
    expect(await saidWithout('heads/')).toEqual([
      expect.stringMatching(
        /^renders are not tidied away while anything may refer to them: heads\/shop\.json .*backup/,
      ),
    ]);
  });

  it('is told as it is where it keeps nothing from being done', async () => {
    expect(await saidWithout('rendered/')).toEqual([
      expect.stringMatching(/^rendered\/\S+ in the store cannot be used/),
    ]);
  });
});
