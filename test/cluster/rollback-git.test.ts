import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unpinApplication } from '../../shared/workflows/rollback/unpin.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { openRollbackBed, prompts, type RollbackBed } from '../support/rollback-bed.ts';
import type { Serving } from '../support/serving.ts';

let bed: RollbackBed;
let serving: Serving;
beforeEach(async () => {
  bed = await openRollbackBed({ syncPolicy: { automated: { prune: true, selfHeal: true } } });
  await bed.commit(prompts('good'), { message: 'good' });
  serving = bed.serve();
  await arrives('good');
  await bed.commit(prompts('bad'), { message: 'bad' });
  await arrives('bad');
});
afterEach(() => bed.close());

const arrives = (text: string): Promise<unknown> =>
  eventually(`it says ${text}`, async () => (await bed.value('prompts')) === text);

/** Goes back as a person does, beside the process that serves. */
async function goBack(settings: Parameters<RollbackBed['rollback']>[0] = {}): Promise<void> {
  await bed.rollback(settings, bed.otherWorker());
  expect(await bed.value('prompts')).toBe('good');
}

/** Git is looked at so many times more. */
async function rounds(count: number): Promise<void> {
  const until = serving.rounds() + count;
  await eventually(`${count} looks at Git`, () => serving.rounds() >= until);
}

async function isStillGood(): Promise<void> {
  await rounds(5);
  expect(await bed.value('prompts')).toBe('good');
}

async function editByHand(name: string): Promise<void> {
  const live = await bed.engine.live('ConfigMap', name);
  const { objects } = bed.engine;
  await objects.replace({ ...live, data: { v: 'by hand' } } as never, undefined, undefined, 'kubectl-edit');
}

const refusedSubjects = async (): Promise<readonly (string | undefined)[]> =>
  (await bed.head()).refused.map(({ sources }) => sources[0]?.commit?.subject);

describe('While it is served, with automated sync on, an application that was rolled back', () => {
  it('stays there however often Git is looked at, and drift is repaired against the pin', async () => {
    await goBack();
    await isStillGood();
    await editByHand('prompts');
    await arrives('good');
    await isStillGood();
    expect(await bed.head()).toMatchObject({ pin: { until: 'git-moves' }, sync: { code: 'Synced' } });
    expect(await refusedSubjects()).toEqual(['bad']);
  });

  it('goes on by itself with the next commit that changes what it renders to; the pin ends', async () => {
    await goBack();
    await bed.commit(prompts('fixed'), { message: 'fixed' });
    await arrives('fixed');
    await eventually(
      'it is deployed',
      async () => (await bed.head()).deployed?.sources[0]?.commit?.subject === 'fixed',
    );
    expect((await bed.head()).pin).toBeUndefined();
    expect(await refusedSubjects()).toEqual(['bad']);
    expect(bed.notices()).toContainEqual(expect.stringMatching(/^no longer kept at snapshot \S+: Git has moved on$/));
  });

  it('stays there when a commit changes only what is beside it', async () => {
    await goBack();
    await bed.commit({ 'other/a.yaml': configMap('a'), 'README.md': 'hello' }, { message: 'beside' });
    await isStillGood();
    expect((await bed.head()).pin).toBeDefined();
  });

  it('is not pinned any more when Git itself goes back to what is pinned; nothing is written to the cluster', async () => {
    await goBack();
    await bed.commit(prompts('good'), { message: 'revert' });
    await eventually('the pin has ended', async () => (await bed.head()).pin === undefined);
    const written = await bed.engine.live('ConfigMap', 'prompts');
    await isStillGood();
    expect((await bed.engine.live('ConfigMap', 'prompts'))?.metadata?.resourceVersion).toBe(
      written?.metadata?.resourceVersion,
    );
  });

  it('does not take what was refused when Git goes back to it later; it says so, and unpin accepts it', async () => {
    await goBack();
    await bed.commit(prompts('fixed'), { message: 'fixed' });
    await arrives('fixed');
    await eventually('the pin has ended', async () => (await bed.head()).pin === undefined);
    await bed.commit(prompts('bad'), { message: 'bad again' });
    const said = await eventually('it is told', () =>
      bed.notices().find((message) => message.startsWith('Git wants again what was refused')),
    );
    expect(said).toContain('plumb unpin shop');
    await rounds(5);
    expect(await bed.value('prompts')).toBe('fixed');
    const { refused } = await unpinApplication('shop', bed.engine.ports);
    expect(refused).toHaveLength(1);
    await arrives('bad');
  });

  it('may be held there until it is unpinned, and goes on with Git then', async () => {
    await goBack({ until: 'unpinned' });
    await bed.commit(prompts('fixed'), { message: 'fixed' });
    await isStillGood();
    await editByHand('prompts');
    await arrives('good');
    const { pin } = await unpinApplication('shop', bed.engine.ports);
    expect(pin?.until).toBe('unpinned');
    await arrives('fixed');
    expect((await bed.head()).pin).toBeUndefined();
  });

  it('is repaired against the pin while the Git host is away', async () => {
    await goBack();
    bed.engine.git.fail({ status: 'reset' });
    await editByHand('prompts');
    await arrives('good');
    await bed.engine.objects.delete({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'keep', namespace: bed.engine.namespace },
    });
    await eventually('the object is back', () => bed.engine.live('ConfigMap', 'keep'));
  });
});

describe('Unpin', () => {
  it('takes the refused revision back in at the next look, with nothing pushed', async () => {
    await goBack();
    await unpinApplication('shop', bed.engine.ports);
    await arrives('bad');
    await eventually('it is known', async () => (await bed.head()).refused.length === 0);
  });

  it('changes nothing of an application that is not pinned and has nothing refused', async () => {
    await serving.stop();
    const before = await bed.head();
    const { head, pin, refused } = await unpinApplication('shop', bed.engine.ports);
    expect({ head, pin, refused }).toEqual({ head: before, pin: undefined, refused: [] });
  });
});
