import { describe, expect, it } from '@jest/globals';
import { isForHere, steerSync } from '../../../../cli/installation/steer-sync.ts';
import { newHead } from '../../../../shared/model/head.ts';
import { saveScanned } from '../../../../shared/state/clusters.ts';
import { saveHead } from '../../../../shared/state/heads.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { memoryConfigMap } from '../../../support/memory-bed.ts';
import { aHead, anOperation } from '../../../unit/cli/examples.ts';
import { aFunction } from '../../../unit/cli/installation/a-function.ts';
import { type InstalledBed, openInstalledBed } from '../../../unit/cli/installation/installed-bed.ts';

type Flags = Parameters<typeof steerSync>[2]['flags'];

const sync = (bed: InstalledBed, names: readonly string[], flags: Flags = {}): Promise<number> =>
  steerSync(bed.session, bed.steering, { names, flags });

async function openPushed(): Promise<InstalledBed> {
  const bed = await openInstalledBed();
  await bed.push(bed.memory.application, [memoryConfigMap('a', '1'), memoryConfigMap('b', '1')]);
  return bed;
}

describe('plumb sync with an installation', () => {
  it('sends a job to the queue of the cluster, and shows what a function makes of it', async () => {
    const bed = await openPushed();
    bed.happens(() => {}, aFunction(bed));
    expect(await sync(bed, ['shop'], { prune: true, resource: undefined as never })).toBe(0);
    expect(bed.sent).toEqual([
      {
        url: 'https://queues/sync',
        queued: {
          group: 'shop',
          id: 'sync shop plumb ada@laptop 1',
          message: { job: { work: 'sync', application: 'shop', prune: true }, origin: 'plumb ada@laptop 1' },
        },
      },
    ]);
    expect((await bed.head('shop'))?.operation).toMatchObject({ origin: 'plumb ada@laptop 1', reason: 'manual' });
    expect(bed.shell.out()).toBe(
      'configmap/a created\nconfigmap/b created\nshop: Synced, Healthy at 3f2a1bc (2 created) in 2.0s\n',
    );
    expect(bed.shell.err()).toContain('asked installation prod for it');
  });

  it('gives programs what a sync from here would give', async () => {
    const bed = await openInstalledBed(undefined, { output: 'json' });
    await bed.push(bed.memory.application, [memoryConfigMap('a', '1')]);
    bed.happens(aFunction(bed));
    expect(await sync(bed, ['shop'])).toBe(0);
    expect(JSON.parse(bed.shell.out())).toMatchObject([
      { application: 'shop', phase: 'Succeeded', results: [{ kind: 'ConfigMap', name: 'a', action: 'created' }] },
    ]);
  });

  it('needs no name where one application is declared, and sends for all that are named', async () => {
    const bed = await openInstalledBed((own) => [own, { ...own, name: 'pay', project: 'default' }]);
    expect(await failureOf(sync(bed, []))).toMatchObject({ message: expect.stringContaining('2 applications') });
    for (const name of ['shop', 'pay'])
      await bed.push({ ...bed.memory.application, name }, [memoryConfigMap(name, '1')]);
    bed.happens(aFunction(bed), aFunction(bed));
    expect(await sync(bed, [], { all: true })).toBe(0);
    expect(bed.sent.map(({ queued }) => queued.group).sort()).toEqual(['pay', 'shop']);
    expect(bed.shell.out()).toContain('pay: configmap/pay created');
  });

  it('says of what is as Git wants it that nothing was to be done', async () => {
    const bed = await openPushed();
    bed.happens(aFunction(bed));
    await sync(bed, ['shop']);
    const steering = { ...bed.steering, origin: 'plumb ada@laptop 2' };
    bed.happens(aFunction(bed));
    expect(await steerSync(bed.session, steering, { names: ['shop'], flags: {} })).toBe(0);
    expect(bed.shell.out()).toMatch(/\nshop: Synced, Healthy at 3f2a1bc \(2 unchanged\) in 1\.0s\n$/);
  });

  it('ends with what the installation says against it', async () => {
    const bed = await openPushed();
    const refused = {
      code: 'approval-needed',
      message: 'shop: nothing was changed: too much',
      hint: 'plumb diff shop',
    };
    bed.happens(async () => {
      const head = {
        ...newHead('shop', 'default', 'model'),
        answered: { origin: bed.steering.origin, at: '', refused },
      };
      await saveHead(bed.memory.store, head, 'absent');
    });
    expect(await sync(bed, ['shop'])).toBe(2);
    expect(bed.shell.err()).toContain('Error: shop: nothing was changed: too much\n  try: plumb diff shop\n');
  });

  it('goes on watching where the application goes back by itself, and ends with 1', async () => {
    const bed = await openPushed();
    bed.happens(aFunction(bed));
    await sync(bed, ['shop']);
    const origin = 'plumb ada@laptop 2';
    const failed = anOperation({
      id: 'one',
      origin,
      phase: 'Failed',
      message: 'it does not start',
      renderDigest: 'd2',
    });
    const pin = { snapshot: 's', renderDigest: 'd1', until: 'git-moves', at: '', why: '', origin } as const;
    bed.happens(
      () => bed.moveHead('shop', (head) => ({ ...head, operation: failed, pin })),
      () =>
        bed.moveHead('shop', (head) => ({
          ...head,
          operation: anOperation({ id: 'two', origin, reason: 'rollback' }),
        })),
    );
    expect(await steerSync(bed.session, { ...bed.steering, origin }, { names: ['shop'], flags: {} })).toBe(1);
    expect(bed.shell.err()).toContain('warning: it failed, and goes back by itself: it does not start');
    const lines = bed.shell.out().trim().split('\n').slice(-2);
    expect(lines).toEqual([
      expect.stringContaining('shop: Failed at 3f2a1bc'),
      expect.stringMatching(/^shop: Synced, Healthy .*; pinned to s until/),
    ]);
  });

  it('waits with --wait until all is healthy, and no longer than it may', async () => {
    const health = (code: 'Progressing' | 'Healthy') => ({ code, message: code === 'Healthy' ? '' : '1 of 2' });
    const entry = {
      ref: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
      version: 'v1',
      wave: 0,
      seen: { uid: 'u', resourceVersion: '1', desiredHash: 'h', health: health('Progressing') },
    };
    const rolling = (bed: InstalledBed) => async (): Promise<void> => {
      const operation = anOperation({ origin: bed.steering.origin });
      await saveHead(
        bed.memory.store,
        aHead({ operation, health: health('Progressing'), inventory: [entry] }),
        'absent',
      );
    };
    const bed = await openPushed();
    bed.happens(
      rolling(bed),
      () => {},
      () => bed.moveHead('shop', (head) => ({ ...head, health: health('Healthy') })),
    );
    expect(await sync(bed, ['shop'], { wait: true })).toBe(0);
    expect(bed.shell.err()).toContain('shop: waiting for Deployment shop/web: 1 of 2');
    expect(bed.now().toISOString()).toBe('2026-11-26T10:00:03.000Z');

    const late = await openPushed();
    late.happens(rolling(late));
    expect(await sync(late, ['shop'], { wait: true, timeout: 10_000 })).toBe(1);
    expect(late.shell.out()).toContain('shop: Synced, Progressing at 3f2a1bc');
  });

  it('stops watching when it is interrupted, says that the sync goes on, and ends with 130', async () => {
    const bed = await openPushed();
    bed.happens(
      () => {},
      () => bed.shell.abort(),
    );
    expect(await sync(bed, ['shop'])).toBe(130);
    expect(bed.shell.err()).toMatch(
      /interrupted: no longer watched; the sync goes on, and plumb status shows how it ends\n$/,
    );
  });

  it('tells what it waits behind, and that nobody takes it up, and gives up in the end', async () => {
    const bed = await openPushed();
    await saveHead(
      bed.memory.store,
      aHead({ operation: anOperation({ id: 'x', phase: 'Running', reason: 'git', message: 'waiting for a' }) }),
      'absent',
    );
    bed.happens(() => bed.moveHead('shop', (head) => ({ ...head, operation: anOperation({ id: 'x' }) })));
    expect(await sync(bed, ['shop'])).toBe(2);
    expect(bed.shell.err()).toContain('shop: waits for the sync that is under way (git): waiting for a');
    expect(bed.shell.err()).toContain('nobody has taken it up yet');
    expect(bed.shell.err()).toMatch(/Error: shop: nothing has come of it in 10m0\ds\n {2}try: .*plumb doctor --aws/);
  });
});

describe('what plumb sync does not even ask an installation for', () => {
  it('is an application that nobody declares, or a first look at Git that is still to come', async () => {
    const bed = await openInstalledBed();
    expect(await failureOf(sync(bed, ['nobody']))).toMatchObject({ message: expect.stringContaining('"nobody"') });
    await bed.memory.store.delete(keys.declared);
    const fresh = { ...bed.steering, kept: (await openInstalledBed()).steering.kept };
    expect(await failureOf(steerSync(bed.session, fresh, { names: ['shop'], flags: {} }))).toMatchObject({
      message: expect.stringContaining('has not read yet what https://git.example/control.git#main:apps declares'),
    });
  });

  it('is one that is not rendered, or whose cluster is away, and it keeps no other back', async () => {
    const bed = await openInstalledBed((own) => [own, { ...own, name: 'pay' }]);
    await bed.push({ ...bed.memory.application, name: 'pay' }, [memoryConfigMap('pay', '1')]);
    bed.happens(aFunction(bed));
    expect(await sync(bed, ['shop', 'pay'])).toBe(2);
    expect(bed.shell.err()).toContain('Error: shop: it is not rendered yet as it is declared now');
    expect(bed.shell.out()).toContain('pay: Synced, Healthy');
    const away = { since: '2026-11-26T09:00:00Z', until: '2026-11-26T11:00:00Z', failures: 3, message: 'no route' };
    await saveScanned(bed.memory.store, { id: 'model', away }, undefined);
    expect(await sync(bed, ['pay'])).toBe(2);
    expect(bed.shell.err()).toContain(
      'Error: pay: cluster model has not answered since 2026-11-26T09:00:00Z: no route',
    );
    expect(bed.sent).toHaveLength(1);
  });

  it('is a revision, or a dry run: that is done here, where the command line says what is declared', () => {
    const here = (options: object, flags: Flags) => () =>
      isForHere({ options: { output: 'table', ...options } }, flags);
    expect(here({}, {})()).toBe(false);
    expect(here({ filename: ['apps'] }, { dryRun: true })()).toBe(true);
    expect(here({ control: 'https://git.example/c.git' }, { revision: 'v2' })()).toBe(true);
    expect(here({}, { revision: 'v2' })).toThrow('--revision is not for an installation');
    expect(here({}, { dryRun: true })).toThrow('--dry-run is not for an installation');
  });
});
