import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pinHead } from '../../shared/plan/pin.ts';
import { moveHead } from '../../shared/workflows/sync/move-head.ts';
import { eventually } from '../support/eventually.ts';
import { openRollbackBed, prompts, type RollbackBed } from '../support/rollback-bed.ts';

let bed: RollbackBed;
beforeEach(async () => {
  bed = await openRollbackBed({ syncPolicy: { automated: { prune: true } } });
});
afterEach(() => bed.close());

describe('A rollback that died once it was pinned', () => {
  it('is finished by plumb serve, also while the Git host is away', async () => {
    await bed.commit(prompts('good'));
    const { head } = await bed.sync();
    const [note] = head.snapshots;
    if (note === undefined) throw new Error('there is no snapshot');
    await bed.commit(prompts('bad'));
    await bed.sync();
    await bed.engine.git.stop();
    const { name: snapshot, renderDigest } = note;
    const pin = { snapshot, renderDigest, until: 'git-moves', at: new Date().toISOString(), why: 'the test' } as const;
    const declared = bed.application.sources;
    await moveHead('shop', bed.engine.ports, (current) => pinHead(current, { pin, declared }));
    expect(await bed.value('prompts')).toBe('bad');
    bed.serve();
    await eventually('it is as it was', async () => (await bed.value('prompts')) === 'good');
    await eventually('that is recorded', async () => (await bed.head()).deployed?.renderDigest === renderDigest);
    expect((await bed.head()).pin).toEqual(pin);
  });
});
