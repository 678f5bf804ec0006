import { afterEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../shared/model/application.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { rollbackIfAsked } from '../../shared/workflows/rollback/auto-rollback.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, deployment, wave } from '../support/manifests.ts';
import { openRollbackBed, prompts, type RollbackBed, stuckDeployment } from '../support/rollback-bed.ts';

const syncPolicy = { automated: { prune: true, selfHeal: true } };
const asked = { 'plumbline.dev/auto-rollback': 'true' };

let bed: RollbackBed;
afterEach(() => bed.close());

async function open(annotations: Application['annotations'] = asked): Promise<void> {
  bed = await openRollbackBed({ syncPolicy }, annotations);
}

async function deployGood(): Promise<void> {
  await bed.commit({ ...prompts('good'), 'app/web.yaml': deployment('web') }, { message: 'good' });
  await bed.sync({ waitMs: 30_000 });
}

/** Syncs, and goes back if there is a reason, as `plumb sync` does. */
async function syncOnce(settings: Parameters<RollbackBed['sync']>[0] = {}): ReturnType<typeof rollbackIfAsked> {
  const { head } = await bed.sync(settings);
  const { application, engine } = bed;
  return rollbackIfAsked({ application, project: engine.project }, head, engine.ports);
}

const arrives = (text: string): Promise<unknown> =>
  eventually(`it says ${text}`, async () => (await bed.value('prompts')) === text);
const said = (): readonly string[] => bed.notices().filter((message) => message.startsWith('going back'));

describe('An application that asks for it', () => {
  it('goes back by itself when a wave is not healthy by its deadline, and says why', async () => {
    await open();
    await deployGood();
    const last = { 'app/last.yaml': configMap('last', {}, wave(1)) };
    await bed.commit({ ...prompts('bad'), ...last, 'app/web.yaml': stuckDeployment('web') }, { message: 'bad' });
    const back = await syncOnce({ waveTimeoutMs: 1_000 });
    expect(await bed.value('prompts')).toBe('good');
    expect(back?.head).toMatchObject({
      pin: { until: 'git-moves', why: expect.stringMatching(/^automatic rollback: the sync failed: .*still waiting/) },
      refused: [{ sources: [{ commit: { subject: 'bad' } }] }],
    });
    expect(said()).toEqual([expect.stringMatching(/^going back to snapshot \S+ by itself: the sync failed: /)]);
    const { snapshots } = await listSnapshots(bed.engine.ports.store, 'shop');
    expect(snapshots.map(({ outcome }) => outcome)).toEqual(['Succeeded', 'Failed', 'Succeeded']);
  });

  it('goes back by itself when it turns out Degraded after its sync has ended, as serve sees', async () => {
    await open();
    await deployGood();
    const serving = bed.serve();
    await bed.commit({ ...prompts('bad'), 'app/web.yaml': stuckDeployment('web', 1) }, { message: 'bad' });
    await arrives('bad');
    await arrives('good');
    await eventually('it is pinned and done', async () => {
      const { pin, operation } = await bed.head();
      return pin !== undefined && operation?.phase === 'Succeeded';
    });
    expect((await bed.head()).pin?.why).toMatch(/^automatic rollback: the sync ended Degraded: .*web/);
    const later = serving.rounds() + 5;
    await eventually('more looks at Git', () => serving.rounds() >= later);
    expect(await bed.value('prompts')).toBe('good');
    expect(said()).toHaveLength(1);
    await bed.commit({ ...prompts('fixed'), 'app/web.yaml': deployment('web') }, { message: 'fixed' });
    await arrives('fixed');
  });

  it('goes back from each bad commit once, to the same good one, and not in circles', async () => {
    await open();
    await deployGood();
    for (const text of ['bad', 'worse']) {
      const broken = {
        'app/bad.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: text } }),
      };
      await bed.commit({ ...prompts(text), ...broken }, { message: text });
      expect((await syncOnce())?.head.operation).toMatchObject({ phase: 'Succeeded', reason: 'rollback' });
      expect(await bed.value('prompts')).toBe('good');
      expect(await syncOnce()).toBeUndefined();
    }
    expect((await bed.head()).refused.map(({ sources }) => sources[0]?.commit?.subject)).toEqual(['bad', 'worse']);
    expect(said()).toHaveLength(2);
  });

  it('does not take over what was asked of the sync: neither its revision nor its objects', async () => {
    await open();
    await deployGood();
    const broken = { 'app/bad.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad' } }) };
    const bad = await bed.commit({ ...prompts('bad'), ...broken }, { message: 'bad' });
    const { application, engine } = bed;
    const request = { application, project: engine.project, reason: 'manual', revision: bad, prune: false } as const;
    const { head } = await bed.sync(request);
    expect((await rollbackIfAsked(request, head, engine.ports))?.head.sync.code).toBe('Synced');
    expect(await bed.value('prompts')).toBe('good');
  });

  it('stays at its first sync, which has nothing before it', async () => {
    await open();
    await bed.commit({ ...prompts('first'), 'app/web.yaml': stuckDeployment('web', 1) });
    const { head } = await bed.sync({ waitMs: 20_000 });
    expect(head.health.code).toBe('Degraded');
    expect(await syncOnce()).toBeUndefined();
    expect((await bed.head()).pin).toBeUndefined();
    expect(await bed.value('prompts')).toBe('first');
  });
});

describe('An application that does not ask for it', () => {
  it('stays where it is, Failed', async () => {
    await open({});
    await deployGood();
    await bed.commit({
      ...prompts('bad'),
      'app/web.yaml': stuckDeployment('web'),
      'app/last.yaml': configMap('last', {}, wave(1)),
    });
    expect(await syncOnce({ waveTimeoutMs: 500 })).toBeUndefined();
    expect(await bed.value('prompts')).toBe('bad');
    expect((await bed.head()).operation?.phase).toBe('Failed');
  });
});
