import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import { trackingAnnotation } from '../../shared/plan/tracking.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, customResourceDefinition, deployment, wave } from '../support/manifests.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

type More = Partial<Parameters<typeof syncApplication>[0]>;
const sync = (more: More = {}): Promise<SyncOutcome> =>
  syncApplication(
    { application: engine.application('shop'), project: engine.project, reason: 'manual', ...more },
    engine.ports,
  );

const options = (value: string) => ({ annotations: { 'argocd.argoproj.io/sync-options': value } });

/** Synced once; then all but `app/keep.yaml` leaves Git. */
async function syncThenRemove(files: Readonly<Record<string, string>>, more: More = {}): Promise<void> {
  await engine.git.createRepository('shop', { 'app/keep.yaml': configMap('keep'), ...files });
  await sync(more);
  await engine.git.commit('shop', { remove: Object.keys(files) });
}

const owned = ({ head }: SyncOutcome): readonly string[] => head.inventory.map(({ ref }) => ref.name);
const prunedBy = ({ results }: SyncOutcome): readonly string[] =>
  results.filter(({ action }) => action === 'pruned').map(({ ref }) => ref.name);
const skippedBy = ({ results }: SyncOutcome): Readonly<Record<string, string>> =>
  Object.fromEntries(
    results.filter(({ action }) => action === 'skipped').map(({ ref, message }) => [ref.name, message]),
  );

/** Waves and what was pruned in them, as it was reported from the given event on. */
const pruneStory = (from: number): readonly string[] =>
  engine.progress.slice(from).flatMap((event) => {
    if (event.type === 'wave') return [`wave ${event.wave}`];
    return event.type === 'object' && event.result.action === 'pruned' ? [event.result.ref.name] : [];
  });

describe('Pruning', () => {
  it('goes through the waves in reverse: what came last goes first', async () => {
    await syncThenRemove({
      'app/a.yaml': configMap('a', {}, wave(-1)),
      'app/b.yaml': configMap('b'),
      'app/c.yaml': configMap('c', {}, wave(1)),
    });
    const before = engine.progress.length;
    const outcome = await sync({ prune: true, approvePrune: true });
    expect(prunedBy(outcome)).toEqual(['c', 'b', 'a']);
    expect(pruneStory(before)).toEqual(['wave -1', 'c', 'wave 0', 'b', 'wave 1', 'a']);
    expect(owned(outcome)).toEqual(['keep']);
    expect(await engine.live('ConfigMap', 'a')).toBeUndefined();
  });

  it('comes to the object with PruneLast=true after all others', async () => {
    const late = { 'argocd.argoproj.io/sync-wave': '5', 'argocd.argoproj.io/sync-options': 'PruneLast=true' };
    await syncThenRemove({
      'app/last.yaml': configMap('last', {}, { annotations: late }),
      'app/a.yaml': configMap('a'),
      'app/b.yaml': configMap('b', {}, wave(1)),
    });
    const before = engine.progress.length;
    await sync({ prune: true, approvePrune: true });
    expect(pruneStory(before)).toEqual(['wave 0', 'b', 'wave 1', 'a', 'wave 2', 'last']);
  });

  it('takes the ReplicaSet of a Deployment along, unless PrunePropagationPolicy=orphan leaves it', async () => {
    await syncThenRemove(
      {
        'app/gone.yaml': deployment('gone'),
        'app/left.yaml': deployment('left', {}, options('PrunePropagationPolicy=orphan')),
      },
      { waitMs: 30_000 },
    );
    const outcome = await sync({ prune: true, approvePrune: true });
    expect([...prunedBy(outcome)].sort()).toEqual(['gone', 'left']);
    const sets = async (): Promise<readonly (string | undefined)[]> =>
      (await engine.objects.list('apps/v1', 'ReplicaSet', engine.namespace)).items.map(
        ({ metadata }) => metadata?.labels?.['app'],
      );
    await eventually('only the orphan is left', async () => (await sets()).join() === 'left');
    expect(await engine.live('Deployment', 'left', 'apps/v1')).toBeUndefined();
  });

  it('leaves what says Prune=false, and what says Prune=confirm until a person approves', async () => {
    await syncThenRemove({
      'app/never.yaml': configMap('never', {}, options('Prune=false')),
      'app/asks.yaml': configMap('asks', {}, options('Prune=confirm')),
    });
    const kept = await sync({ prune: true });
    expect(skippedBy(kept)).toEqual({
      never: 'not pruned: sync option Prune=false',
      asks: expect.stringMatching(/^not pruned: sync option Prune=confirm; approve with: .*--approve-prune/),
    });
    expect(owned(kept)).toEqual(['asks', 'keep', 'never']);
    const approved = await sync({ prune: true, approvePrune: true });
    expect(prunedBy(approved)).toEqual(['asks']);
    expect(Object.keys(skippedBy(approved))).toEqual(['never']);
    expect(await engine.live('ConfigMap', 'never')).toBeDefined();
    expect(await engine.live('ConfigMap', 'asks')).toBeUndefined();
  });

  it('deletes a CustomResourceDefinition only when a person approves', async () => {
    const group = `g${engine.namespace.slice(-8)}.example.com`;
    const name = `widgets.${group}`;
    await syncThenRemove({ 'app/definition.yaml': customResourceDefinition('Widget', group) });
    const read = () => engine.live('CustomResourceDefinition', name, 'apiextensions.k8s.io/v1');
    expect(skippedBy(await sync({ prune: true }))).toEqual({
      [name]: expect.stringContaining('every object of its kind would go with it'),
    });
    expect(await read()).toBeDefined();
    expect(prunedBy(await sync({ prune: true, approvePrune: true }))).toEqual([name]);
    expect(await read()).toBeUndefined();
  });

  it('lets an empty render take everything with allowEmpty', async () => {
    const automated = { prune: true, allowEmpty: true };
    const application = engine.application('shop', { syncPolicy: { automated } });
    await engine.git.createRepository('shop', {
      'app/a.yaml': configMap('a'),
      'app/b.yaml': configMap('b'),
      'app/README.md': 'empty',
    });
    await sync({ application, reason: 'git' });
    await engine.git.commit('shop', { remove: ['app/a.yaml', 'app/b.yaml'] });
    const outcome = await sync({ application, reason: 'git' });
    expect([...prunedBy(outcome)].sort()).toEqual(['a', 'b']);
    expect(outcome.head).toMatchObject({ inventory: [], sync: { code: 'Synced' } });
    expect(await engine.live('ConfigMap', 'a')).toBeUndefined();
  });
});

describe('An object that is not wanted any more is forgotten and stays when', () => {
  const expectForgotten = async (): Promise<void> => {
    const outcome = await sync({ prune: true, approvePrune: true });
    expect(prunedBy(outcome)).toEqual([]);
    expect(owned(outcome)).toEqual(['keep']);
    expect(outcome.head.sync.code).toBe('Synced');
    expect(await engine.live('ConfigMap', 'a')).toBeDefined();
  };

  it('its tracking id names another application', async () => {
    await syncThenRemove({ 'app/a.yaml': configMap('a') });
    const live = await engine.live('ConfigMap', 'a');
    const annotations = { [trackingAnnotation]: `other:/ConfigMap:${engine.namespace}/a` };
    await engine.objects.replace({ ...live, metadata: { ...live?.metadata, annotations } } as never);
    await expectForgotten();
  });

  it('somebody made it anew without a tracking id', async () => {
    await syncThenRemove({ 'app/a.yaml': configMap('a') });
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: engine.namespace } };
    await engine.objects.delete(theirs);
    await engine.objects.create(theirs);
    await expectForgotten();
  });
});
