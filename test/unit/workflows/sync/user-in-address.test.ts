import { expect, it } from '@jest/globals';
import { historyRecord } from '../../../../cli/output/history-view.ts';
import type { Application } from '../../../../shared/model/application.ts';
import { listSnapshots } from '../../../../shared/state/snapshots.ts';
import { memoryConfigMap, openMemoryBed } from '../../../support/memory-bed.ts';

const token = 'a-token-in-place-of-a-user';

function withToken({ sources }: Application): Application['sources'] {
  return sources.map((source) => ({ ...source, repoURL: source.repoURL.replace('://', `://${token}@`) }));
}

it("A user name in a repository's address, which may be a token, is in nothing that is told of a sync", async () => {
  const bed = openMemoryBed({ sources: withToken(openMemoryBed().application) });
  bed.git.push({ a: memoryConfigMap('a', '1') });
  const { rendered } = await bed.sync();
  const { snapshots } = await listSnapshots(bed.store, 'shop');
  const shown = [bed.events, rendered.sources, await bed.head(), historyRecord({ application: 'shop', snapshots })];
  for (const each of shown) {
    expect(JSON.stringify(each)).toContain('git.test/shop.git');
    expect(JSON.stringify(each)).not.toContain(token);
  }
});
