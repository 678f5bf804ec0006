import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PlumbError } from '../../shared/errors.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { declareFromGit } from '../../shared/workflows/serve/declare.ts';
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

function application(name: string, spec: Fields = {}): string {
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace },
      source: { repoURL: engine.git.url('shop'), path: name, targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
      ...spec,
    },
  });
}

const load = (): Promise<Declarations> =>
  declareFromGit({ repoURL: engine.git.url('shop'), revision: 'main', path: 'control' }, engine.ports);

describe('A declared Application is left out, with the reason and the way out, when', () => {
  it.each([
    [
      'it names an unknown project',
      { project: 'nowhere' },
      /spec\.project is "nowhere".*usable projects: default/,
      /AppProject nowhere/,
    ],
    ['it has neither source nor sources', { source: null }, /source/, /\w/],
    [
      'it names server and cluster name at once',
      { destination: { server: 'https://a', name: 'b' } },
      /both server and name/,
      /\w/,
    ],
    [
      'a field has the wrong type',
      { syncPolicy: { automated: { prune: 'yes' } } },
      /syncPolicy\.automated\.prune/,
      /\w/,
    ],
  ])('%s; the others are declared', async (_when, spec, message, hint) => {
    await engine.git.createRepository('shop', {
      'control/bad.yaml': application('bad', spec),
      'control/good.yaml': application('good'),
    });
    const { applications, rejected } = await load();
    expect(applications.map(({ application: { name } }) => name)).toEqual(['good']);
    const [first] = rejected;
    expect(first).toMatchObject({ name: 'bad', origin: expect.stringMatching(/ control$/) });
    expect(first?.error).toBeInstanceOf(PlumbError);
    const error = first?.error as PlumbError;
    expect(error.message).toMatch(/Application bad/);
    expect(error.message).toMatch(message);
    expect(`${error.message} ${error.hint}`).toMatch(hint);
  });
});

describe('Serving beside broken applications', () => {
  it('syncs the good one, and says of each other what is wrong', async () => {
    await engine.git.createRepository('shop', {
      'control/good.yaml': application('good'),
      'control/broken.yaml': application('broken'),
      'control/lost.yaml': application('lost', { destination: { name: 'mars', namespace: 'x' } }),
      'control/homeless.yaml': application('homeless', { project: 'nowhere' }),
      'good/a.yaml': configMap('a', { v: '1' }),
      'broken/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [\n',
    });
    serving = startServing(engine, { load });
    await eventually('the good one is synced', () => engine.live('ConfigMap', 'a'));
    await engine.git.commit('shop', { files: { 'good/a.yaml': configMap('a', { v: '2' }) } });
    await eventually('a push arrives', async () => (await engine.live('ConfigMap', 'a'))?.data?.['v'] === '2');
    const said = serving.notices('error').join('\n');
    expect(said).toMatch(/broken\/a\.yaml:\d.*\(correct it/);
    expect(said).toMatch(/No cluster "mars" is known.*\(Add a cluster/);
    expect(said).toMatch(/spec\.project is "nowhere".*\(Declare an AppProject nowhere/);
  });

  it('goes on with what was declared last when the control repository cannot be read as YAML', async () => {
    await engine.git.createRepository('shop', {
      'control/good.yaml': application('good'),
      'good/a.yaml': configMap('a', { v: '1' }),
    });
    const served = startServing(engine, { load });
    serving = served;
    await eventually('the good one is synced', () => engine.live('ConfigMap', 'a'));
    await engine.git.commit('shop', {
      files: {
        'control/more.yaml': 'apiVersion: v1\nkind: Application\nmetadata:\n name: [',
        'good/a.yaml': configMap('a', { v: '2' }),
      },
    });
    await eventually(
      'the push to the good one arrives',
      async () => (await engine.live('ConfigMap', 'a'))?.data?.['v'] === '2',
    );
    await eventually('the failure is told', () =>
      served.notices('error').some((message) => /control\/more\.yaml:\d/.test(message)),
    );
  });
});
