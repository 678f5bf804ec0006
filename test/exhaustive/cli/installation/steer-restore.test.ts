import { beforeEach, describe, expect, it } from '@jest/globals';
import { steerRestore } from '../../../../cli/installation/steer-restore.ts';
import type { RestoreJob } from '../../../../shared/model/job.ts';
import type { RestoreReport } from '../../../../shared/model/restore.ts';
import { saveRegistered } from '../../../../shared/state/clusters.ts';
import { saveHead } from '../../../../shared/state/heads.ts';
import { saveRestore, saveRestoreRefusal, saveRestoreReport } from '../../../../shared/state/restores.ts';
import { saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { restoreId } from '../../../../shared/workflows/jobs/restore-job.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { aHeadOf, aSnapshot } from '../../../support/snapshots.ts';
import { anOperation, aResult } from '../../../unit/cli/examples.ts';
import { type InstalledBed, openInstalledBed } from '../../../unit/cli/installation/installed-bed.ts';
import { cluster } from '../../../unit/cli/installation/installed-store.ts';

let bed: InstalledBed;
let id: string;
beforeEach(async () => {
  bed = await openInstalledBed();
  id = restoreId(bed.steering.origin);
  const { store } = bed.memory;
  const snapshot = aSnapshot();
  await saveSnapshot(store, snapshot);
  await saveHead(store, { ...aHeadOf([snapshot]), cluster: 'model', server: cluster.server }, 'absent');
});

const restore = (request: Parameters<typeof steerRestore>[2]): Promise<number> =>
  steerRestore(bed.session, bed.steering, request);

const asked = (): RestoreJob => bed.sent[0]?.queued.message.job as RestoreJob;

function reportOf(given: Partial<RestoreReport> = {}): RestoreReport {
  const restored = { application: 'shop', outcome: 'restored', message: '', counts: { created: 1 } } as const;
  return {
    id,
    cluster: 'model',
    to: 'model',
    asked: {},
    startedAt: '2026-11-26T10:00:00Z',
    finishedAt: '2026-11-26T10:00:09Z',
    applications: [{ ...restored, notRestored: [], warnings: [], differences: [] }],
    leftOut: [],
    verified: { byDryRun: 1, byMetadata: 0, unknown: 0 },
    ...given,
  };
}

const recordOf = (given: object = {}): Parameters<typeof saveRestore>[1] => ({
  id,
  cluster: 'model',
  to: 'model',
  asked: {},
  chosen: [{ application: 'shop', snapshot: 's', isOlder: false }],
  startedAt: '2026-11-26T10:00:00Z',
  ...given,
});

describe('plumb restore cluster with an installation', () => {
  it('asks for it, shows what happens to applications, and prints the report', async () => {
    const { store } = bed.memory;
    const operation = anOperation({
      reason: 'restore',
      startedAt: '2026-11-26T10:00:01Z',
      results: [aResult('created', 'a')],
    });
    bed.happens(
      () => {},
      async () => void (await saveRestore(store, recordOf(), undefined)),
      () => bed.moveHead('shop', (head) => ({ ...head, operation })),
      () => saveRestoreReport(store, reportOf()),
    );
    expect(await restore({ cluster: 'main' })).toBe(0);
    expect(bed.sent.map(({ url, queued }) => ({ url, group: queued.group }))).toEqual([
      { url: 'https://queues/restore', group: 'model' },
    ]);
    expect(asked()).toEqual({ work: 'restore', cluster: 'model' });
    expect(bed.shell.err()).toContain('restoring 1 application to model');
    expect(bed.shell.out()).toBe(
      'shop: configmap/a created\nmodel: Restored: 1 restored in 4.0s; of 1 objects none differs (1 by dry run, 0 as last seen)\n',
    );
  });

  it('goes to the network of the cluster that it is restored to', async () => {
    const standby = {
      ...cluster,
      id: 'standby',
      name: 'standby',
      aliases: ['second'],
      zone: 'inner',
      server: 'https://s',
    };
    await saveRegistered(bed.memory.store, standby);
    bed.happens(() => saveRestoreReport(bed.memory.store, reportOf({ to: 'standby' })));
    await restore({
      cluster: 'model',
      to: 'second',
      at: { text: '2h', time: Date.parse('2026-11-26T08:00:00Z') },
      apps: 's*',
    });
    expect(bed.sent[0]?.url).toBe('https://queues/restore-inner');
    expect(asked()).toEqual({
      work: 'restore',
      cluster: 'model',
      to: 'standby',
      at: '2026-11-26T08:00:00.000Z',
      apps: 's*',
    });
  });

  it('takes the report of the one that it goes on with', async () => {
    const { store } = bed.memory;
    await saveRestore(store, recordOf({ id: 'earlier' }), undefined);
    bed.happens(() => saveRestoreReport(store, reportOf({ id: 'earlier' })));
    expect(await restore({ cluster: 'model' })).toBe(0);
  });

  it('ends with 1 where something is not restored, and gives programs the report', async () => {
    bed = await openInstalledBed(undefined, { output: 'json' });
    await saveHead(bed.memory.store, { ...aHeadOf([aSnapshot()]), cluster: 'model' }, 'absent');
    const [one] = reportOf().applications;
    const applications = one === undefined ? [] : [{ ...one, outcome: 'failed' as const, message: 'no' }];
    bed.happens(() => saveRestoreReport(bed.memory.store, reportOf({ applications })));
    expect(await restore({ cluster: 'model' })).toBe(1);
    expect(JSON.parse(bed.shell.out())).toMatchObject({ id, restored: false });
  });

  it('says why there will be no report', async () => {
    const refused = { code: 'sync-locked', message: 'somebody else restores it', hint: 'wait' };
    bed.happens(() => saveRestoreRefusal(bed.memory.store, { cluster: 'model', id }, refused));
    expect(await failureOf(restore({ cluster: 'model' }))).toMatchObject(refused);
  });

  it('gives up on what does not move, and says when it is interrupted that it goes on', async () => {
    expect(await failureOf(restore({ cluster: 'model' }))).toMatchObject({ code: 'timeout' });
    bed.happens(() => bed.shell.abort());
    expect(await restore({ cluster: 'model' })).toBe(130);
    expect(bed.shell.err()).toContain('interrupted: no longer watched; the restore goes on');
  });

  it('asks for nothing where no application is in that cluster, or the other one is not registered', async () => {
    expect(await failureOf(restore({ cluster: 'nowhere' }))).toMatchObject({ code: 'cluster-unknown' });
    expect(await failureOf(restore({ cluster: 'model', to: 'nowhere' }))).toMatchObject({
      message: 'no cluster "nowhere" is registered; registered: model',
    });
    expect(bed.sent).toEqual([]);
  });
});
