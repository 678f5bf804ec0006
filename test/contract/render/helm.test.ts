import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HelmOptions } from '../../../shared/model/application.ts';
import { isJsonObject, type Json } from '../../../shared/model/json.ts';
import { folderTree, type TestFiles } from '../../unit/render/folder-tree.ts';
import { helm, names, openRenderBed, type RenderBed } from '../../unit/render/render-bed.ts';

let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterAll(() => bed.close());

const chart: TestFiles = {
  'app/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n',
  'app/values.yaml': 'from: chart\nkept: "yes"\n',
  'app/templates/cm.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  values: {{ omit .Values "kept" | toJson | quote }}
  kube: {{ .Capabilities.KubeVersion }}
  apps: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
`,
  'app/crds/crd.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n',
  'app/templates/tests/t.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n',
  'app/a.yaml': 'from: a\na: 1\n',
  'app/text.txt': 'one, two',
  'env/prod.yaml': 'from: prod\n',
  'env/staging.yaml': 'from: staging\nstaging: true\n',
  'env/deep/x.yaml': 'deep: true\n',
};

type Shown = {
  readonly values: Json;
  readonly data: { readonly [key: string]: Json | undefined };
  readonly names: readonly string[];
  readonly namespace: string | undefined;
};

async function template(options: Partial<HelmOptions>, files: TestFiles = chart): Promise<Shown> {
  const { manifests } = await bed.render({ files, source: helm(options) });
  const map = manifests.find(({ kind }) => kind === 'ConfigMap');
  const data = isJsonObject(map?.['data']) ? map['data'] : {};
  return {
    values: JSON.parse(String(data['values'])) as Json,
    data,
    names: names(manifests),
    namespace: map?.metadata.namespace,
  };
}

describe('a chart in Git', () => {
  it('is rendered by helm without network, with CRDs, under the name and namespace of the Application', async () => {
    const shown = await template({});
    expect(shown.names).toEqual(['ConfigMap/web', 'Pod/t', 'CustomResourceDefinition/things.example.com']);
    expect(shown).toMatchObject({ namespace: 'shop-ns', data: { kube: 'v1.36.3', apps: 'true' } });
    expect(bed.ran.at(-1)).toMatchObject({ program: 'helm', network: false });
    expect(await bed.left()).toEqual([]);
  });

  it.each<[string, Partial<HelmOptions>, Json]>([
    ["the chart's values", {}, { from: 'chart' }],
    ['value files over them, in order', { valueFiles: ['a.yaml', '../env/prod.yaml'] }, { from: 'prod', a: 1 }],
    ['a value file from the root of the repository', { valueFiles: ['/env/prod.yaml'] }, { from: 'prod' }],
    ['values over value files', { valueFiles: ['a.yaml'], values: 'from: values\n' }, { from: 'values', a: 1 }],
    [
      'valuesObject instead of values',
      { values: 'lost: true\n', valuesObject: { from: 'object', text: 'yes', n: null } },
      { from: 'object', text: 'yes', n: null },
    ],
    [
      'parameters over everything',
      { values: 'from: values\n', parameters: [{ name: 'from', value: 'set', forceString: false }] },
      { from: 'set' },
    ],
    ['commas in parameters', { parameters: [{ name: 'from', value: 'a,b', forceString: false }] }, { from: 'a,b' }],
    [
      'lists in parameters',
      { parameters: [{ name: 'from', value: '{a,b}', forceString: false }] },
      { from: ['a', 'b'] },
    ],
    [
      'numbers as text where forced',
      {
        parameters: [
          { name: 'from', value: '1', forceString: true },
          { name: 'n', value: '1', forceString: false },
        ],
      },
      { from: '1', n: 1 },
    ],
    [
      'variables in parameters',
      { parameters: [{ name: 'from', value: '$ARGOCD_APP_NAME-$$x-$NOPE', forceString: false }] },
      { from: 'web-$x-' },
    ],
    ['files as parameters', { fileParameters: [{ name: 'from', path: 'text.txt' }] }, { from: 'one, two' }],
    ['variables in names of value files', { valueFiles: ['../env/${WHICH}prod.yaml'] }, { from: 'prod' }],
    ['a glob of value files in lexical order', { valueFiles: ['../env/*.yaml'] }, { from: 'staging', staging: true }],
    ['a glob across folders', { valueFiles: ['../env/**/*.yaml'] }, { from: 'staging', staging: true, deep: true }],
    [
      'a plain name at its own place, and not in the glob',
      { valueFiles: ['../env/*.yaml', '../env/prod.yaml'] },
      { from: 'prod', staging: true },
    ],
    [
      'a plain name before the glob',
      { valueFiles: ['../env/staging.yaml', '../env/[ps]*.yaml'] },
      { from: 'prod', staging: true },
    ],
    [
      'no missing files where they are ignored',
      { valueFiles: ['none.yaml', 'x-*.yaml'], ignoreMissingValueFiles: true },
      { from: 'chart' },
    ],
  ])('gets %s', async (_, options, values) => {
    expect((await template(options)).values).toEqual(values);
  });

  it.each<[string, Partial<HelmOptions>, Partial<Shown> | { readonly data: object }]>([
    [
      'releaseName and namespace',
      { releaseName: 'other', namespace: 'ns2' },
      { namespace: 'ns2', names: ['ConfigMap/other', 'Pod/t', 'CustomResourceDefinition/things.example.com'] },
    ],
    ['skipCrds', { skipCrds: true }, { names: ['ConfigMap/web', 'Pod/t'] }],
    ['skipTests', { skipTests: true, skipCrds: true }, { names: ['ConfigMap/web'] }],
    [
      'kubeVersion and apiVersions',
      { kubeVersion: '1.30.0', apiVersions: ['x/v1'] },
      { data: { kube: 'v1.30.0', apps: 'false' } },
    ],
  ])('obeys %s', async (_, options, wanted) => {
    const shown = await template(options);
    for (const [field, value] of Object.entries(wanted)) {
      expect(shown[field as keyof Shown]).toEqual(
        typeof value === 'object' && !Array.isArray(value) ? expect.objectContaining(value) : value,
      );
    }
  });

  it('takes no part of what a person wrote for a flag', async () => {
    const odd: TestFiles = { ...chart, 'app/--debug.yaml': 'from: dash\n', 'app/a,b.yaml': 'comma: true\n' };
    const shown = await template(
      {
        valueFiles: ['--debug.yaml', 'a,b.yaml'],
        parameters: [{ name: '--post-renderer', value: '/bin/sh', forceString: false }],
      },
      odd,
    );
    expect(shown.values).toEqual({ from: 'dash', comma: true, '--post-renderer': '/bin/sh' });
    await expect(template({ releaseName: '--help' })).rejects.toMatchObject({ code: 'render-failed' });
  });

  it('may use charts that it names by file://, and only those', async () => {
    const files: TestFiles = {
      ...chart,
      'app/Chart.yaml':
        'apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies: [{name: lib, version: 1.x, repository: "file://../lib"}]\n',
      'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.1.0\n',
      'lib/templates/s.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: lib}\n',
    };
    expect((await template({ skipCrds: true, skipTests: true }, files)).names).toEqual([
      'ConfigMap/web',
      'Service/lib',
    ]);
    expect(bed.ran.slice(-3).map(({ args }) => args[0])).toEqual(['template', 'dependency', 'template']);
  });
});

describe('a chart that cannot be rendered', () => {
  const broken = (text: string): TestFiles => ({ ...chart, 'app/templates/cm.yaml': text });

  it.each<[string, string, string, string]>([
    ['a value of nothing', 'a: {{ .Values.x.y.z }}\n', 'render-failed', 'demo/templates/cm.yaml:1'],
    ['an action that does not end', 'a: {{ if\n', 'render-failed', 'demo/templates/cm.yaml'],
    ['what is no YAML', 'a: b: c\n', 'render-failed', 'YAML parse error on demo/templates/cm.yaml'],
    ['a call of fail', '{{ fail "wanted: a host" }}', 'render-failed', 'wanted: a host'],
    [
      'an object without a name',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
      'manifest-invalid',
      'demo/templates/cm.yaml: document 2 of 3: ConfigMap: metadata.name is missing',
    ],
  ])('names template and cause: %s', async (_, text, code, message) => {
    const error = await bed.render({ files: broken(text) }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect((error as Error).message).toMatch(/^helm chart app \(release web\)/);
    expect((error as Error).message).not.toContain(bed.scratch);
    expect(await bed.left()).toEqual([]);
  });

  it.each<[string, Partial<HelmOptions>, string]>([
    [
      'a missing value file',
      { valueFiles: ['../env/none.yaml'] },
      'the value file ../env/none.yaml (env/none.yaml of https://git.example/team/app) does not exist',
    ],
    ['a glob that matches nothing', { valueFiles: ['none-*.yaml'] }, 'the value file none-*.yaml'],
    ['a missing file parameter', { fileParameters: [{ name: 'x', path: 'none.txt' }] }, 'the file parameter none.txt'],
    ['a URL', { valueFiles: ['https://example.com/values.yaml'] }, 'is a URL; value files come from Git'],
  ])('says which file is meant: %s', async (_, options, message) => {
    await expect(template(options)).rejects.toMatchObject({
      code: 'render-refused',
      message: expect.stringContaining(message),
    });
  });

  it('shows where the values do not fit the schema, which may be skipped', async () => {
    const files = { ...chart, 'app/values.schema.json': '{"properties":{"from":{"type":"number"}}}' };
    await expect(template({}, files)).rejects.toMatchObject({ message: expect.stringContaining('/from') });
    expect((await template({ skipSchemaValidation: true }, files)).values).toEqual({ from: 'chart' });
  });
});

describe('value files of other sources', () => {
  const own = folderTree(chart);
  const first = folderTree(
    { 'v.yaml': 'from: first\n', 'deep/w.yaml': 'deep: 1\n' },
    'https://git.example/team/values',
  );
  const second = folderTree({ 'v.yaml': 'from: second\n' }, 'https://git.example/team/values');
  const refs = [
    { repoURL: first.repoURL, ref: 'one', targetRevision: first.commit.sha },
    { repoURL: second.repoURL, ref: 'two', targetRevision: second.commit.sha },
  ];
  const values = async (valueFiles: readonly string[]): Promise<Json> => {
    const { manifests } = await bed.render({
      trees: [own, first, second],
      sources: [{ ...helm({ valueFiles }) }, ...refs],
    });
    const data = manifests[0]?.['data'];
    return JSON.parse(String(isJsonObject(data) ? data['values'] : '')) as Json;
  };

  it('are named from the root of their repository, also one repository at two revisions', async () => {
    expect(await values(['$one/v.yaml', '$one/deep/w.yaml'])).toEqual({ from: 'first', deep: 1 });
    expect(await values(['$one/v.yaml', '$two/v.yaml'])).toEqual({ from: 'second' });
    expect(await values(['$two/v.yaml', '$one/*.yaml'])).toEqual({ from: 'first' });
  });

  it('may not leave it', async () => {
    await expect(values(['$one/../../etc/passwd'])).rejects.toMatchObject({ code: 'render-refused' });
  });
});
