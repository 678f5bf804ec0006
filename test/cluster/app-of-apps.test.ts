import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Declarations } from '../../shared/model/registry.ts';
import { addChildren } from '../../shared/registry/add-children.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { loadRegistry } from '../../shared/state/registry.ts';
import { declareFromGit } from '../../shared/workflows/serve/declare.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { type Serving, startServing } from '../support/serving.ts';

let engine: Engine;
let serving: Serving | undefined;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
  await engine.close();
});

type Fields = Readonly<Record<string, unknown>>;
const finalizer = { finalizers: ['resources-finalizer.argocd.argoproj.io'] };

/** An Application of the folder `path` of the repository `shop`, as people write it. */
function application(
  name: string,
  path: string,
  more: { readonly spec?: Fields; readonly metadata?: Fields } = {},
): string {
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, ...more.metadata },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace },
      source: { repoURL: engine.git.url('shop'), path, targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
      ...more.spec,
    },
  });
}

function project(name: string, namespaces: readonly string[]): string {
  const destinations = namespaces.map((namespace) => ({ server: '*', namespace }));
  const spec = { sourceRepos: ['*'], destinations };
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name }, spec });
}

async function load(): Promise<Declarations> {
  const control = { repoURL: engine.git.url('shop'), revision: 'main', path: 'control' };
  return addChildren(await declareFromGit(control, engine.ports), await loadRegistry(engine.ports.store));
}

const start = (): Serving => {
  serving = startServing(engine, { load });
  return serving;
};

const children = async (): Promise<readonly string[]> => {
  const { applications, projects } = await loadRegistry(engine.ports.store);
  return [
    ...applications.map(({ application: { name } }) => name),
    ...projects.map(({ project: { name } }) => name),
  ].sort();
};
const has = async (name: string): Promise<boolean> => (await engine.live('ConfigMap', name)) !== undefined;
const errors = (): string =>
  engine.progress
    .flatMap((event) => (event.type === 'notice' && event.level === 'error' ? [event.message] : []))
    .join('\n');

describe('An application of applications', () => {
  it('declares its children and their project; they are followed like any other', async () => {
    await engine.git.createRepository('shop', {
      'control/parent.yaml': application('parent', 'children'),
      'children/team.yaml': project('team', [engine.namespace]),
      'children/web.yaml': application('web', 'web', { spec: { project: 'team' } }),
      'children/own.yaml': configMap('own'),
      'web/a.yaml': configMap('a', { v: '1' }),
    });
    start();
    await eventually(
      'the child is synced',
      async () => (await loadHead(engine.ports.store, 'web'))?.head.sync.code === 'Synced',
    );
    expect(await children()).toEqual(['team', 'web']);
    expect((await loadHead(engine.ports.store, 'web'))?.head.project).toBe('team');
    expect(await has('own')).toBe(true);
    const parent = (await loadHead(engine.ports.store, 'parent'))?.head;
    expect(parent?.inventory.map(({ ref }) => ref.name)).toEqual(['own']);
    await engine.git.commit('shop', { files: { 'web/a.yaml': configMap('a', { v: '2' }) } });
    await eventually('the push has arrived', async () => (await engine.live('ConfigMap', 'a'))?.data?.['v'] === '2');
  });

  it('asks before children go when Git is suddenly empty, and touches nothing', async () => {
    await engine.git.createRepository('shop', {
      'control/parent.yaml': application('parent', 'children'),
      'children/one.yaml': application('one', 'one', { metadata: finalizer }),
      'children/two.yaml': application('two', 'two', { metadata: finalizer }),
      'one/a.yaml': configMap('of-one'),
      'two/a.yaml': configMap('of-two'),
    });
    start();
    await eventually('both children are synced', async () => (await has('of-one')) && (await has('of-two')));
    await serving?.stop();
    const files = { 'children/README.md': 'empty' };
    await engine.git.commit('shop', { files, remove: ['children/one.yaml', 'children/two.yaml'] });
    const { applications, projects } = await load();
    const parent = applications.find(({ application: { name } }) => name === 'parent')?.application;
    if (parent === undefined || projects[0] === undefined) throw new Error('the parent is not declared');
    const sync = (approvePrune: boolean) =>
      syncApplication({ application: parent, project: engine.project, reason: 'git', approvePrune }, engine.ports);
    await expect(sync(false)).rejects.toMatchObject({ code: 'approval-needed' });
    expect([await has('of-one'), await has('of-two')]).toEqual([true, true]);
    await sync(true);
    expect([await has('of-one'), await has('of-two'), await children()]).toEqual([false, false, []]);
  });

  it('takes a child that left Git with its objects when it has the resources-finalizer, and without them when not', async () => {
    await engine.git.createRepository('shop', {
      'control/parent.yaml': application('parent', 'children'),
      'children/stays.yaml': application('stays', 'stays'),
      'children/leaves.yaml': application('leaves', 'leaves', { metadata: finalizer }),
      'children/orphan.yaml': application('orphan', 'orphan'),
      'stays/a.yaml': configMap('kept'),
      'leaves/a.yaml': configMap('gone'),
      'leaves/b.yaml': configMap('gone-too'),
      'orphan/a.yaml': configMap('orphaned'),
    });
    start();
    await eventually(
      'all children are synced',
      async () => (await has('kept')) && (await has('gone-too')) && (await has('orphaned')),
    );
    await eventually('all heads say so', async () => {
      const heads = await Promise.all(['stays', 'leaves', 'orphan'].map((name) => loadHead(engine.ports.store, name)));
      return heads.every((loaded) => loaded?.head.sync.code === 'Synced');
    });
    await engine.git.commit('shop', { remove: ['children/leaves.yaml', 'children/orphan.yaml'] });
    await eventually('both children are gone', async () => (await children()).join() === 'stays');
    expect([await has('gone'), await has('gone-too')]).toEqual([false, false]);
    expect([await has('kept'), await has('orphaned')]).toEqual([true, true]);
    const warnings = (serving as Serving).notices('warning').join('\n');
    expect(warnings).toContain('application orphan is no longer declared; its objects stay');
    // Nobody follows the orphan any more.
    await engine.objects.delete({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'orphaned', namespace: engine.namespace },
    });
    const later = (serving as Serving).rounds() + 4;
    await eventually('more rounds', () => (serving as Serving).rounds() >= later);
    expect(await has('orphaned')).toBe(false);
  });

  it('may move a child to another project', async () => {
    await engine.git.createRepository('shop', {
      'control/parent.yaml': application('parent', 'children'),
      'children/team.yaml': project('team', [engine.namespace]),
      'children/web.yaml': application('web', 'web'),
      'web/a.yaml': configMap('a'),
    });
    start();
    await eventually(
      'the child is synced',
      async () => (await loadHead(engine.ports.store, 'web'))?.head.sync.code === 'Synced',
    );
    await engine.git.commit('shop', {
      files: { 'children/web.yaml': application('web', 'web', { spec: { project: 'team' } }) },
    });
    await eventually('it is in the other project', async () => {
      const { applications } = await loadRegistry(engine.ports.store);
      return applications.length === 1 && applications[0]?.application.project === 'team';
    });
    expect(await has('a')).toBe(true);
  });
});

describe('A child cannot escape the project of its parent', () => {
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    [
      'by naming another project',
      () => application('web', 'web'),
      /Application web.*project default.*parent.*may not declare/,
    ],
    [
      'by bringing a project of its own',
      () => project('wide', ['*']),
      /AppProject wide.*project wide.*may not declare/,
    ],
    [
      'by living in a namespace that the project does not have',
      () => application('web', 'web', { spec: { project: 'team' }, metadata: { namespace: 'argocd' } }),
      /Application web.*argocd/,
    ],
  ];
  it.each(cases)('%s: it is left out, and the others are declared', async (_how, made, reason) => {
    await engine.git.createRepository('shop', {
      'app/bad.yaml': made(),
      'app/good.yaml': application('good', 'good', { spec: { project: 'team' } }),
    });
    const team = { ...engine.project, name: 'team', destinations: [{ server: '*', namespace: engine.namespace }] };
    const parent = engine.application('shop', { project: 'team' });
    const { head } = await syncApplication({ application: parent, project: team, reason: 'manual' }, engine.ports);
    expect(await children()).toEqual(['good']);
    expect(errors()).toMatch(reason);
    expect(head.operation?.phase ?? 'Succeeded').toBe('Succeeded');
  });

  it('nor take over an application that another one declares', async () => {
    await engine.git.createRepository('shop', { 'app/web.yaml': application('web', 'web') });
    await engine.git.createRepository('rival', { 'app/web.yaml': application('web', 'elsewhere') });
    const sync = (name: string): ReturnType<typeof syncApplication> =>
      syncApplication(
        { application: engine.application(name), project: engine.project, reason: 'manual' },
        engine.ports,
      );
    await sync('shop');
    await sync('rival');
    const { applications } = await loadRegistry(engine.ports.store);
    expect(applications).toMatchObject([{ parent: 'shop', application: { name: 'web', sources: [{ path: 'web' }] } }]);
    expect(errors()).toContain('that name is declared already: rendered by shop');
  });
});
