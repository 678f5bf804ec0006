import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keys } from '../../shared/state/keys.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap, deployment } from '../support/manifests.ts';
import { appliedPart, openRollbackBed, prompts, type RollbackBed } from '../support/rollback-bed.ts';

let bed: RollbackBed;
beforeEach(async () => {
  bed = await openRollbackBed();
});
afterEach(() => bed.close());

const web = (replicas: number, image: string): string =>
  deployment('web', {
    replicas,
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
  });

/** Syncs one commit a text, in order. */
async function deploy(...texts: readonly string[]): Promise<readonly string[]> {
  const commits: string[] = [];
  for (const text of texts) {
    commits.push(await bed.commit(prompts(text), { message: `say ${text}` }));
    await bed.sync();
  }
  return commits;
}

async function liveParts(): Promise<readonly (object | undefined)[]> {
  const { live } = bed.engine;
  const objects = [live('ConfigMap', 'prompts'), live('ConfigMap', 'keep'), live('Deployment', 'web', 'apps/v1')];
  return (await Promise.all(objects)).map(appliedPart);
}

describe('Rollback', () => {
  it('makes every object what it was, byte for byte, with the Git host stopped; what came since is pruned', async () => {
    await bed.commit({ ...prompts('good'), 'app/web.yaml': web(2, 'registry.example.com/app:1') });
    await bed.sync({ waitMs: 30_000 });
    const before = await liveParts();
    const labels = { labels: { mood: 'bad' } };
    const bad = await bed.commit({
      'app/prompts.yaml': configMap('prompts', { v: 'bad', more: 'worse' }, labels),
      'app/web.yaml': web(1, 'registry.example.com/app:2'),
      'app/new.yaml': configMap('new'),
    });
    await bed.sync();
    expect(await liveParts()).not.toEqual(before);
    await bed.engine.git.stop();
    const { head, results, snapshot } = await bed.rollback({ prune: true });
    expect(await liveParts()).toEqual(before);
    expect(await bed.engine.live('ConfigMap', 'new')).toBeUndefined();
    expect(head).toMatchObject({
      sync: { code: 'Synced' },
      operation: { phase: 'Succeeded', reason: 'rollback' },
      pin: { snapshot: snapshot.name, until: 'git-moves', why: 'rolled back by hand' },
      refused: [{ sources: [{ revision: bad }] }],
    });
    expect(results.map(({ ref, action }) => [ref.name, action]).sort()).toEqual([
      ['keep', 'unchanged'],
      ['new', 'pruned'],
      ['prompts', 'configured'],
      ['web', 'configured'],
    ]);
  });

  it('keeps what came since where the policy does not prune, and says so', async () => {
    await deploy('good');
    await bed.commit({ ...prompts('bad'), 'app/new.yaml': configMap('new') });
    await bed.sync();
    const { head } = await bed.rollback();
    expect(await bed.value('prompts')).toBe('good');
    expect(await bed.engine.live('ConfigMap', 'new')).toBeDefined();
    expect(head.sync).toMatchObject({ code: 'OutOfSync', message: expect.stringContaining('new') });
  });

  it('is a sync that leaves a snapshot of its own', async () => {
    await deploy('good', 'bad');
    await bed.rollback();
    const { snapshots } = await listSnapshots(bed.engine.ports.store, 'shop');
    expect(snapshots.map(({ operation }) => operation.reason)).toEqual(['manual', 'manual', 'rollback']);
    expect(snapshots[2]).toMatchObject({ renderDigest: snapshots[0]?.renderDigest, sources: snapshots[0]?.sources });
  });

  it.each<[what: string, name: (known: { commits: readonly string[]; names: readonly string[] }) => string]>([
    ['name', ({ names }) => names[0] ?? ''],
    ['beginning of its name', ({ names }) => names[0]?.slice(0, 20) ?? ''],
    ['revision', ({ commits }) => commits[0] ?? ''],
    ['first digits of its revision', ({ commits }) => commits[0]?.slice(0, 7) ?? ''],
  ])('goes to the snapshot that is named by its %s', async (_, name) => {
    const commits = await deploy('one', 'two', 'three');
    const names = await bed.snapshots();
    const { snapshot } = await bed.rollback({ snapshot: name({ commits, names }) });
    expect(snapshot.name).toBe(names[0]);
    expect(await bed.value('prompts')).toBe('one');
  });

  it('goes further back each time, and never to what was refused', async () => {
    await deploy('one', 'two', 'three');
    await bed.rollback();
    expect(await bed.value('prompts')).toBe('two');
    await bed.rollback();
    expect(await bed.value('prompts')).toBe('one');
    expect((await bed.head()).refused.map(({ sources }) => sources[0]?.commit?.subject)).toEqual([
      'say three',
      'say two',
    ]);
    const failure = await failureOf(bed.rollback());
    expect(failure).toMatchObject({ code: 'snapshot-unknown', hint: expect.stringContaining('plumb history shop') });
    expect(await bed.value('prompts')).toBe('one');
  });

  it('may go forward to what was refused, when it is named; it is not refused any more then', async () => {
    const [, bad = ''] = await deploy('good', 'bad');
    await bed.rollback();
    const { head } = await bed.rollback({ snapshot: bad });
    expect(await bed.value('prompts')).toBe('bad');
    expect(head.refused.map(({ sources }) => sources[0]?.commit?.subject)).toEqual(['say good']);
  });
});

describe('Where there is nothing to go back to, nothing is changed and nothing pinned', () => {
  it('because it is the first that was deployed', async () => {
    await deploy('one');
    const before = await bed.head();
    expect(await failureOf(bed.rollback())).toMatchObject({
      code: 'snapshot-unknown',
      message: 'shop: there is no good snapshot to go back to',
    });
    expect(await bed.head()).toEqual(before);
  });

  it('because the manifests are gone from the store', async () => {
    await deploy('good', 'bad');
    const { store } = bed.engine.ports;
    const [first] = (await listSnapshots(store, 'shop')).snapshots;
    const key = keys.render('default', first?.renderDigest ?? '');
    await store.delete(key);
    const before = await bed.head();
    expect(await failureOf(bed.rollback())).toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(
        `the manifests of snapshot ${first?.name} of shop are not in the store any more`,
      ),
      object: key,
    });
    expect(await bed.head()).toEqual(before);
    expect(await bed.value('prompts')).toBe('bad');
  });

  it('because the name is not that of a snapshot', async () => {
    await deploy('good', 'bad');
    const failure = await failureOf(bed.rollback({ snapshot: '20000101' }));
    expect(failure.message).toContain('shop has no snapshot "20000101"');
    expect((await bed.head()).pin).toBeUndefined();
  });

  it('because the project forbids it by now', async () => {
    await deploy('good', 'bad');
    const project = { ...bed.engine.project, namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] };
    const before = await bed.head();
    expect(await failureOf(bed.rollback({ project }))).toMatchObject({ code: 'project-forbids' });
    expect(await bed.head()).toEqual(before);
  });

  it('because the Application is of another cluster by now', async () => {
    await deploy('good', 'bad');
    const destination = { name: 'nowhere', namespace: 'shop' };
    expect(await failureOf(bed.rollback({ application: { ...bed.application, destination } }))).toMatchObject({
      code: 'cluster-unknown',
    });
    expect((await bed.head()).pin).toBeUndefined();
  });
});

describe('A damaged snapshot', () => {
  it('is passed over with a warning', async () => {
    await deploy('one', 'two', 'three');
    const { store } = bed.engine.ports;
    const [, second = ''] = await bed.snapshots();
    await store.put(keys.snapshot('shop', second), new TextEncoder().encode('rubbish'));
    await bed.rollback();
    expect(await bed.value('prompts')).toBe('one');
    expect(bed.notices().find((message) => message.startsWith('passed over: '))).toContain(second);
  });
});

describe('A sync that fails', () => {
  it('leaves a snapshot that says so, and that a rollback does not go to', async () => {
    await deploy('good');
    const bad = { 'app/bad.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad' } }) };
    await bed.commit({ ...prompts('half'), ...bad });
    expect((await bed.sync()).head.operation?.phase).toBe('Failed');
    const { snapshots } = await listSnapshots(bed.engine.ports.store, 'shop');
    expect(snapshots.map(({ outcome }) => outcome)).toEqual(['Succeeded', 'Failed']);
    expect(snapshots[1]).toMatchObject({
      message: expect.stringContaining('Service'),
      operation: { reason: 'manual' },
    });
    const { snapshot, head } = await bed.rollback();
    expect(snapshot.name).toBe(snapshots[0]?.name);
    expect(await bed.value('prompts')).toBe('good');
    expect(head.refused).toMatchObject([{ renderDigest: snapshots[1]?.renderDigest }]);
  });
});

describe('A rollback from a revision that brought most of what is there', () => {
  it('takes all of that away: the change budget is not asked about going back', async () => {
    await deploy('good');
    const more = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`app/${name}.yaml`, configMap(name)]));
    await bed.commit(more);
    await bed.sync();
    const { head } = await bed.rollback({ prune: true });
    expect(head.operation).toMatchObject({ phase: 'Succeeded', changes: { added: 0, changed: 0, removed: 4 } });
    expect(head.inventory.map(({ ref }) => ref.name)).not.toContain('a');
    expect(await bed.engine.live('ConfigMap', 'd')).toBeUndefined();
  });
});

describe('While it is pinned', () => {
  it('a sync keeps it, and says why', async () => {
    await deploy('good', 'bad');
    await bed.rollback({ why: 'the prompts were bad' });
    const { head } = await bed.sync();
    expect(await bed.value('prompts')).toBe('good');
    expect(head.pin?.why).toBe('the prompts were bad');
    expect(bed.notices().at(-1)).toMatch(/^kept at snapshot \S+ until Git moves on: the prompts were bad$/);
  });

  it('a sync to a revision by name is refused, and says how it goes', async () => {
    const [, bad = ''] = await deploy('good', 'bad');
    await bed.rollback();
    expect(await failureOf(bed.sync({ revision: bad }))).toMatchObject({
      code: 'pinned',
      hint: expect.stringContaining('plumb unpin shop'),
    });
    expect(await bed.value('prompts')).toBe('good');
  });
});
