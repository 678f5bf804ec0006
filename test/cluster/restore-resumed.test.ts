import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isRestored } from '../../shared/model/restore.ts';
import { keys } from '../../shared/state/keys.ts';
import { loadRestore } from '../../shared/state/restores.ts';
import { executeRestore } from '../../shared/workflows/restore/execute-restore.ts';
import { configMap } from '../support/manifests.ts';
import { entryOf, openRestoreBed, type RestoreBed } from '../support/restore-bed.ts';

let bed: RestoreBed;
beforeEach(async () => {
  bed = await openRestoreBed();
});
afterEach(() => bed.close());

/** A restore that is interrupted before it has changed anything. */
async function begin(): Promise<void> {
  const abort = new AbortController();
  const plan = await bed.plan();
  abort.abort();
  expect(await executeRestore(plan, bed.offline, { signal: abort.signal })).toBeUndefined();
}

describe('A restore that is gone on with', () => {
  it('still names what could not be used at first, and restores it as soon as it can', async () => {
    for (const name of ['a', 'b']) await bed.deploy(name, { 'app/x.yaml': configMap(`of-${name}`, { v: '1' }) });
    const render = (await bed.head('b')).deployed?.renderDigest ?? '';
    const file = join(bed.engine.ports.scratch, 'store', keys.render('default', render));
    const written = await readFile(file);
    await rm(file);
    await bed.empty();
    await begin();

    const { plan, report } = await bed.restore({}, { ports: bed.otherWorker() });
    expect([plan.isResumed, isRestored(report)]).toEqual([true, false]);
    expect(entryOf(report, 'b')).toMatchObject({
      outcome: 'blocked',
      message: expect.stringContaining('not in the store'),
    });
    expect(entryOf(report, 'a').outcome).toBe('restored');

    await bed.empty();
    await begin();
    await writeFile(file, written);
    const again = await bed.restore({}, { ports: bed.otherWorker() });
    expect([again.plan.isResumed, isRestored(again.report)]).toEqual([true, true]);
    expect(entryOf(again.report, 'b').outcome).toBe('restored');
    const record = (await loadRestore(bed.offline.store, 'home'))?.record;
    expect(record?.chosen.map(({ application }) => application)).toEqual(['a', 'b']);
  });
});
