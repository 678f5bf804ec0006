import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlumbError } from '../../shared/errors.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { failureOf } from '../support/failure-of.ts';
import type { GitFiles } from '../support/git-repositories.ts';
import { configMap } from '../support/manifests.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(() => engine.close());

const good = { 'app/a-good.yaml': configMap('good') };
const chart = { 'app/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' };

const sync = (spec: Readonly<Record<string, unknown>> = {}): ReturnType<typeof syncApplication> =>
  syncApplication(
    { application: engine.application('shop', spec), project: engine.project, reason: 'manual' },
    engine.ports,
  );

async function refusalOf(files: GitFiles, spec: Readonly<Record<string, unknown>> = {}): Promise<PlumbError> {
  await engine.git.createRepository('shop', { ...good, ...files });
  const error = await failureOf(sync(spec));
  expect(await engine.live('ConfigMap', 'good')).toBeUndefined();
  return error;
}

const source = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  source: { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main', ...more },
});

type Case = {
  readonly what: string;
  readonly files: GitFiles;
  readonly spec?: () => Readonly<Record<string, unknown>>;
  readonly code: PlumbError['code'];
  readonly message: readonly (string | RegExp)[];
  readonly hint: RegExp;
};

const cases: readonly Case[] = [
  {
    what: 'YAML that does not parse, by file and line',
    files: { 'app/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n data: {\n' },
    code: 'manifest-invalid',
    message: ['app/bad.yaml', /line 5|:5/],
    hint: /correct|indent|YAML/i,
  },
  {
    what: 'a duplicate key, by file and line',
    files: { 'app/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: {}\ndata: {}\n' },
    code: 'manifest-invalid',
    message: ['app/bad.yaml', /line 6|:6/, /data/],
    hint: /\w/,
  },
  {
    what: 'an object without a kind, by file and name',
    files: { 'app/bad.yaml': 'apiVersion: v1\nmetadata:\n  name: nameless\n# kind: is missing\n' },
    code: 'manifest-invalid',
    message: ['app/bad.yaml', 'nameless', 'kind is missing'],
    hint: /\w/,
  },
  {
    what: 'an object without a name, by file',
    files: { 'app/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n' },
    code: 'manifest-invalid',
    message: ['app/bad.yaml', 'ConfigMap', 'metadata.name is missing'],
    hint: /\w/,
  },
  {
    what: 'a label that is a number, by file, object and field',
    files: { 'app/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: { tier: 1 }\n' },
    code: 'manifest-invalid',
    message: ['app/bad.yaml', 'ConfigMap a', 'labels["tier"]', 'number (1)', 'put it in quotes'],
    hint: /\w/,
  },
  {
    what: 'a namespaced object when nothing gives a namespace',
    files: {},
    spec: () => ({ destination: { server: 'https://kubernetes.default.svc', namespace: '' } }),
    code: 'manifest-invalid',
    message: ['ConfigMap good', /namespace/, /destination\.namespace/],
    hint: /\w/,
  },
  {
    what: 'a path that leaves the repository',
    files: {},
    spec: () => source({ path: '../elsewhere' }),
    code: 'render-refused',
    message: ['the path ../elsewhere', 'leaves the repository'],
    hint: /inside the repository/,
  },
  {
    what: 'a path that is not in the commit',
    files: {},
    spec: () => source({ path: 'apps' }),
    code: 'git-path-unknown',
    message: ['apps', 'does not exist', /commit [0-9a-f]{12}/],
    hint: /source's path/,
  },
  {
    what: 'a revision that is not there',
    files: {},
    spec: () => source({ targetRevision: 'release' }),
    code: 'git-revision-unknown',
    message: ['No branch, tag or commit of ', 'is named "release"'],
    hint: /targetRevision.*pushed/,
  },
  {
    what: 'a link to a file outside the repository',
    files: { 'app/passwd.yaml': { symlink: '../../../../etc/passwd' } },
    code: 'render-refused',
    message: ['app/passwd.yaml', 'leaves the repository', '../../../../etc/passwd'],
    hint: /inside the repository/,
  },
  {
    what: 'a link to an absolute path',
    files: { 'app/passwd.yaml': { symlink: '/etc/passwd' } },
    code: 'render-refused',
    message: ['app/passwd.yaml', 'absolute'],
    hint: /inside the repository/,
  },
  {
    what: 'a manifest file of more than 10 MB',
    files: {
      'app/huge.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: huge }\n#${'x'.repeat(10_500_000)}\n`,
    },
    code: 'render-refused',
    message: ['app/huge.yaml', '10 MB'],
    hint: /exclude|split/,
  },
  {
    what: 'a chart template that does not compile, by file and line',
    files: {
      ...chart,
      'app/templates/web.yaml': 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Values.a | nosuch }}\n',
    },
    code: 'render-failed',
    message: ['shop', 'templates/web.yaml:4', 'nosuch'],
    hint: /plumb render/,
  },
  {
    what: 'a chart whose template fails on a missing required value',
    files: { ...chart, 'app/templates/web.yaml': '{{ required "image is needed" .Values.image }}\n' },
    code: 'render-failed',
    message: ['templates/web.yaml', 'image is needed'],
    hint: /\w/,
  },
  {
    what: 'a values file that is missing',
    files: chart,
    spec: () => source({ helm: { valueFiles: ['values-prod.yaml'] } }),
    code: 'render-refused',
    message: ['values-prod.yaml', 'does not exist'],
    hint: /valueFiles.*ignoreMissingValueFiles/,
  },
  {
    what: 'a values file outside the repository',
    files: chart,
    spec: () => source({ helm: { valueFiles: ['../../secrets.yaml'] } }),
    code: 'render-refused',
    message: ['../../secrets.yaml', 'leaves the repository'],
    hint: /\w/,
  },
  {
    what: 'a kustomization that names a missing file',
    files: { 'app/kustomization.yaml': 'resources: [nowhere.yaml]\n' },
    code: 'render-refused',
    message: ['nowhere.yaml'],
    hint: /\w/,
  },
  {
    what: 'two versions of one object in kustomize, by name',
    files: { 'app/kustomization.yaml': 'resources: [a-good.yaml, twice.yaml]\n', 'app/twice.yaml': configMap('good') },
    code: 'render-failed',
    message: ['good', /already registered|may not add resource/],
    hint: /\w/,
  },
];

describe('Nothing is applied, and the message says what is wrong, where, and what to do, for', () => {
  it.each(cases)('$what', async ({ files, spec, code, message, hint }) => {
    const error = await refusalOf(files, spec?.());
    const said = `${error.message}\n`;
    for (const part of message) expect(said).toMatch(part);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(said).not.toContain(engine.ports.scratch);
  });
});

describe('What the API server says no to', () => {
  it.each([
    ['a field of the wrong type', { data: { port: 80 } }, /data\.port/],
    ['a field that the kind does not have', { dta: { port: '80' } }, /dta/],
    ['a name that is no name', { metadata: { name: 'Not_A_Name' } }, /metadata\.name.*lowercase/i],
  ])('is told by object and field: %s', async (_what, fields, reason) => {
    const broken = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'broken' }, ...fields };
    await engine.git.createRepository('shop', { ...good, 'app/broken.yaml': JSON.stringify(broken) });
    const { head } = await sync();
    expect(head.operation).toMatchObject({ phase: 'Failed', message: expect.stringMatching(reason) });
    expect(head.operation?.message).toContain(`ConfigMap ${engine.namespace}/${broken.metadata.name}`);
    expect(await engine.live('ConfigMap', 'good')).toBeDefined();
  });
});
