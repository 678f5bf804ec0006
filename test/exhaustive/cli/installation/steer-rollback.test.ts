import { describe, expect, it } from '@jest/globals';
import { steerRollback } from '../../../../cli/installation/steer-rollback.ts';
import { steerSync } from '../../../../cli/installation/steer-sync.ts';
import { steerUnpin } from '../../../../cli/installation/steer-unpin.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { memoryConfigMap } from '../../../support/memory-bed.ts';
import { aFunction } from '../../../unit/cli/installation/a-function.ts';
import { type InstalledBed, openInstalledBed } from '../../../unit/cli/installation/installed-bed.ts';

type Flags = Parameters<typeof steerRollback>[2]['flags'];

/** Two revisions were synced, of which the first was seen to run. */
async function openTwice(output: 'table' | 'json' = 'table'): Promise<InstalledBed> {
  const bed = await openInstalledBed(undefined, { output });
  for (const [index, v] of ['1', '2'].entries()) {
    await bed.push(bed.memory.application, [memoryConfigMap('a', v)]);
    bed.happens(aFunction(bed));
    const steering = { ...bed.steering, origin: `plumb ada@laptop push ${index}` };
    await steerSync(bed.session, steering, { names: ['shop'], flags: {} });
  }
  bed.sent.splice(0);
  return bed;
}

const rollBack = (bed: InstalledBed, snapshot?: string, flags: Flags = {}): Promise<number> =>
  steerRollback(bed.session, bed.steering, { name: 'shop', snapshot, flags });

describe('plumb rollback with an installation', () => {
  it('asks for the snapshot that is meant, in a group of its own, and shows how it ends', async () => {
    const bed = await openTwice();
    const [first] = (await bed.head('shop'))?.snapshots ?? [];
    bed.happens(aFunction(bed));
    expect(await rollBack(bed)).toBe(0);
    expect(bed.sent.map(({ url, queued }) => ({ url, group: queued.group, job: queued.message.job }))).toEqual([
      {
        url: 'https://queues/sync',
        group: 'shop rollback',
        job: { work: 'rollback', application: 'shop', snapshot: first?.name },
      },
    ]);
    expect((await bed.head('shop'))?.pin).toMatchObject({ snapshot: first?.name, origin: bed.steering.origin });
    expect(bed.shell.out()).toMatch(
      /\nconfigmap\/a configured\nshop: Synced, Healthy .*; pinned to .* until Git moves/,
    );
  });

  it('passes on until when, and which secrets', async () => {
    const bed = await openTwice('json');
    const [first] = (await bed.head('shop'))?.snapshots ?? [];
    bed.happens(aFunction(bed));
    expect(await rollBack(bed, first?.name, { untilUnpinned: true, secrets: 'as-of-snapshot' })).toBe(0);
    expect(bed.sent[0]?.queued.message.job).toMatchObject({ until: 'unpinned', secrets: 'as-of-snapshot' });
  });

  it('gives programs one record', async () => {
    const bed = await openTwice('json');
    const before = bed.shell.out();
    bed.happens(aFunction(bed));
    await rollBack(bed);
    expect(JSON.parse(bed.shell.out().slice(before.length))).toMatchObject({ application: 'shop', phase: 'Succeeded' });
  });

  it('asks for nothing where the snapshot is not there, or a flag would not be heard', async () => {
    const bed = await openTwice();
    expect(await rollBack(bed, 'nonsense')).toBe(2);
    expect(bed.shell.err()).toContain('Error: shop has no snapshot "nonsense"');
    expect(await failureOf(rollBack(bed, undefined, { prune: true }))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--prune'),
      hint: expect.stringContaining('--local'),
    });
    expect(bed.sent).toEqual([]);
  });

  it('says with 130 that it goes on', async () => {
    const bed = await openTwice();
    bed.happens(() => bed.shell.abort());
    expect(await rollBack(bed)).toBe(130);
    expect(bed.shell.err()).toContain('the rollback goes on');
  });
});

describe('plumb unpin with an installation', () => {
  it('has the pin let go of, and Git gone on with', async () => {
    const bed = await openTwice();
    bed.happens(aFunction(bed));
    await rollBack(bed);
    bed.sent.splice(0);
    bed.happens(aFunction(bed));
    const steering = { ...bed.steering, origin: 'plumb ada@laptop unpin' };
    const unpinned = await steerUnpin('shop', steering, new AbortController().signal);
    expect(unpinned).toMatchObject({ pin: { until: 'git-moves' }, refused: [expect.anything()] });
    expect(unpinned.head.pin).toBeUndefined();
    expect(bed.sent[0]?.queued.message.job).toEqual({ work: 'unpin', application: 'shop' });
  });

  it('asks for nothing where nothing is pinned', async () => {
    const bed = await openTwice();
    expect((await steerUnpin('shop', bed.steering, new AbortController().signal)).refused).toEqual([]);
    expect(bed.sent).toEqual([]);
  });
});
