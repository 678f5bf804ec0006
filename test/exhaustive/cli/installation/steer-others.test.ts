import { describe, expect, it } from '@jest/globals';
import { describeAway, findKnown, withDeclared } from '../../../../cli/installation/find-known.ts';
import { steerRefresh } from '../../../../cli/installation/steer-refresh.ts';
import { openSteering, sendJobs } from '../../../../cli/installation/steering.ts';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatStatus, statusRecord } from '../../../../cli/output/head-view.ts';
import { defaultProject } from '../../../../shared/model/project.ts';
import { saveScanned } from '../../../../shared/state/clusters.ts';
import { saveHead } from '../../../../shared/state/heads.ts';
import { saveWanted, specOf } from '../../../../shared/state/wanted.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { aHead, anOperation } from '../../../unit/cli/examples.ts';
import { openInstalledBed } from '../../../unit/cli/installation/installed-bed.ts';

const away = { since: '2026-11-26T09:55:00Z', until: '2026-11-26T10:00:30Z', failures: 2, message: 'no route to host' };

describe('steering', () => {
  it('is for the store of an installation, unless the work is to be done here', async () => {
    const { session } = await openInstalledBed();
    const steering = await openSteering(session);
    expect(steering?.installation.id).toBe('prod');
    expect(steering?.origin).toMatch(/^plumb [^@\s]+@\S+ [0-9a-f-]{36}$/);
    expect(await openSteering({ ...session, options: { ...session.options, local: true } })).toBeUndefined();
    const runtime = (): ReturnType<typeof session.runtime> => ({
      ...session.runtime(),
      installation: async () => undefined,
    });
    expect(await openSteering({ ...session, runtime })).toBeUndefined();
  });

  it('says which network has no queue', async () => {
    const { steering } = await openInstalledBed();
    const job = { work: 'follow', application: 'shop', cause: 'git' } as const;
    expect(await failureOf(sendJobs([{ zone: 'far', group: 'shop', job }], steering))).toMatchObject({
      code: 'queue-unavailable',
      message: 'installation prod has no queue for zone far',
    });
  });
});

describe('plumb secrets refresh with an installation', () => {
  const secrets = [{ source: 'external' }] as never;

  it('asks for what has secrets, says what has none, and leaves alone what broke off', async () => {
    const bed = await openInstalledBed((own) => ['shop', 'pay', 'torn'].map((name) => ({ ...own, name })));
    const { store } = bed.memory;
    await saveHead(store, aHead({ application: 'shop', secrets }), 'absent');
    await saveHead(store, aHead({ application: 'pay' }), 'absent');
    await saveHead(store, aHead({ application: 'torn', operation: anOperation({ phase: 'Failed' }) }), 'absent');
    bed.happens(() =>
      bed.moveHead('shop', (head) => ({
        ...head,
        answered: { origin: bed.steering.origin, at: '', phase: 'Succeeded' },
      })),
    );
    expect(await steerRefresh(bed.session, bed.steering, ['shop', 'pay', 'torn', 'gone'])).toBe(2);
    expect(bed.sent.map(({ queued }) => queued.message.job)).toEqual([
      { work: 'follow', application: 'shop', cause: 'secret' },
    ]);
    expect(bed.shell.out()).toMatch(/^shop: Synced, Healthy/);
    expect(bed.shell.err()).toContain('pay: nothing that is deployed of it stands for a secret');
    expect(bed.shell.err()).toContain('Error: torn: its last sync did not reach its goal');
    expect(bed.shell.err()).toContain('Error: gone: no application "gone" is declared');
  });
});

describe('what an installation knows', () => {
  const looks = { now: new Date('2026-11-26T10:00:00Z'), colours: coloursFor({}, false) };

  it('of an application is how it was last seen, and what is in its way now', async () => {
    const bed = await openInstalledBed();
    const { store, application } = bed.memory;
    await saveHead(store, aHead({ cluster: 'model' }), 'absent');
    await saveScanned(store, { id: 'model', away }, undefined);
    const problem = { spec: specOf(application, defaultProject), message: 'chart web: no such version' };
    const wanted = { application: 'shop', project: 'default', problem, at: '2026-11-26T09:59:00Z', origin: 'a push' };
    await saveWanted(store, wanted, undefined);
    const known = await findKnown(undefined, bed.steering);
    if (known === undefined) throw new Error('nothing is known');
    expect(formatStatus(known, looks)).toMatch(
      /\nCluster: +model\nAway: +since 5m: no route to host\nGit: +60s ago: chart web: no such version\n/,
    );
    expect(statusRecord(known)).toMatchObject({ away, problem: { message: problem.message, at: wanted.at } });
    expect(await describeAway(bed.steering)).toEqual([
      'cluster model has not answered since 2026-11-26T09:55:00Z: no route to host',
    ]);
  });

  it('of one that was never synced is that it is declared, and of others nothing', async () => {
    const bed = await openInstalledBed();
    const known = await findKnown('shop', bed.steering);
    expect(known).toMatchObject({ head: { application: 'shop', sync: { code: 'Unknown' } }, around: {} });
    expect(known && statusRecord(known)).toMatchObject({ away: null, problem: null });
    expect(await findKnown('nobody', bed.steering)).toBeUndefined();
    await saveHead(bed.memory.store, aHead({ application: 'left', cluster: 'model' }), 'absent');
    expect(await findKnown('left', bed.steering)).toMatchObject({ head: { application: 'left' } });
  });

  it('in a list is what is declared, and what nobody declares any more', async () => {
    const { memory } = await openInstalledBed();
    const declarations = {
      applications: [{ application: memory.application, origin: '' }],
      projects: [],
      rejected: [],
    };
    const heads = new Map([['left', aHead({ application: 'left' })]]);
    expect(withDeclared(heads, declarations).map(({ head }) => head.application)).toEqual(['left', 'shop']);
    expect(withDeclared(heads, undefined)).toHaveLength(1);
  });
});
