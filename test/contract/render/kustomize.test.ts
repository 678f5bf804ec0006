import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KustomizeOptions } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { TestFiles } from '../../unit/render/folder-tree.ts';
import { kustomize, names, openRenderBed, type RenderBed, type Rendered } from '../../unit/render/render-bed.ts';

let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterAll(() => bed.close());

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.0'}]}
`;
const files: TestFiles = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': deployment,
  'app/kustomization.yaml':
    'resources: [../base]\nimages: [{name: redis, newTag: "7"}]\ncommonAnnotations: {owner: us}\n',
};
const build = (options: Partial<KustomizeOptions>, given: TestFiles = files): Promise<Rendered> =>
  bed.render({ files: given, source: kustomize(options) });
const web = async (options: Partial<KustomizeOptions>): Promise<Manifest> =>
  (await build(options)).manifests[0] as Manifest;

describe('a folder with a kustomization', () => {
  it('is built by kustomize without network, in a folder that is gone afterwards', async () => {
    const { manifests } = await bed.render({ files });
    expect(names(manifests)).toEqual(['Deployment/web']);
    expect(bed.ran.at(-1)).toMatchObject({
      program: 'kustomize',
      args: ['.'],
      network: false,
      timeoutMs: 90_000,
      maxOutputBytes: 10_000_000,
    });
    expect(await bed.left()).toEqual([]);
  });

  it('wins over a Chart.yaml beside it', async () => {
    expect(names((await bed.render({ files: { ...files, 'app/Chart.yaml': 'name: x' } })).manifests)).toEqual([
      'Deployment/web',
    ]);
  });

  it('reads everything that a kustomization can name', async () => {
    const { manifests } = await bed.render({
      files: {
        'app/kustomization.yml': `resources: [web.yaml, more]
components: [../parts/extra]
patches: [{path: patches/replicas.yaml}, {patch: "- {op: add, path: /metadata/labels, value: {p: q}}", target: {kind: Deployment}}]
configMapGenerator: [{name: settings, files: [conf/a.ini, b=conf/b.ini], envs: [conf/c.env], options: {disableNameSuffixHash: true}}]
transformers: [transform.yaml]
replacements: [{path: replace.yaml}]
generatorOptions: {labels: {made: here}}
`,
        'app/web.yaml': deployment,
        'app/more/kustomization.yaml': 'resources: [cm.yaml]\n',
        'app/more/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n',
        'parts/extra/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n',
        'app/patches/replicas.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n',
        'app/conf/a.ini': 'a',
        'app/conf/b.ini': 'b',
        'app/conf/c.env': 'C=1\n',
        'app/transform.yaml':
          'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: patches/t.yaml\ntarget: {kind: Deployment}\n',
        'app/patches/t.yaml': '- {op: add, path: /metadata/annotations, value: {t: "1"}}',
        'app/replace.yaml':
          'source: {kind: Deployment, fieldPath: spec.replicas}\ntargets: [{select: {kind: ConfigMap, name: more}, fieldPaths: [metadata.annotations.count], options: {create: true}}]\n',
        'app/unused.yaml': 'never read',
      },
    });
    expect(names(manifests)).toEqual(['ConfigMap/more-x', 'ConfigMap/settings-x', 'Deployment/web-x']);
    expect(manifests[1]).toMatchObject({ data: { 'a.ini': 'a', b: 'b', C: '1' } });
    expect(manifests[2]).toMatchObject({
      metadata: { labels: { p: 'q' }, annotations: { t: '1' } },
      spec: { replicas: 4 },
    });
  });
});

describe("an Application's kustomize options", () => {
  it.each<[string, Partial<KustomizeOptions>, object]>([
    ['namePrefix and nameSuffix', { namePrefix: 'a-', nameSuffix: '-z' }, { metadata: { name: 'a-web-z' } }],
    ['namespace', { namespace: 'n1' }, { metadata: { namespace: 'n1' } }],
    [
      'an image tag',
      { images: ['nginx:2.0'] },
      { spec: { template: { spec: { containers: [{ image: 'nginx:2.0' }] } } } },
    ],
    [
      'a new image',
      { images: ['nginx=reg.io:5000/x/nginx:3'] },
      { spec: { template: { spec: { containers: [{ image: 'reg.io:5000/x/nginx:3' }] } } } },
    ],
    [
      'a digest',
      { images: [`nginx@sha256:${'a'.repeat(64)}`] },
      { spec: { template: { spec: { containers: [{ image: `nginx@sha256:${'a'.repeat(64)}` }] } } } },
    ],
    ['replicas', { replicas: [{ name: 'web', count: 7 }] }, { spec: { replicas: 7 } }],
    ['labels with selectors', { commonLabels: { team: 'x' } }, { spec: { selector: { matchLabels: { team: 'x' } } } }],
    [
      'labels without selectors',
      { commonLabels: { team: 'x' }, labelWithoutSelector: true },
      {
        metadata: { labels: { team: 'x' } },
        spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } } } },
      },
    ],
    [
      'labels in templates',
      { commonLabels: { team: 'x' }, labelWithoutSelector: true, labelIncludeTemplates: true },
      { spec: { template: { metadata: { labels: { team: 'x' } } } } },
    ],
    [
      'annotations',
      { commonAnnotations: { a: '$ARGOCD_APP_NAME' } },
      { metadata: { annotations: { a: '$ARGOCD_APP_NAME', owner: 'us' } } },
    ],
    [
      'annotations with variables',
      { commonAnnotations: { a: '${ARGOCD_APP_NAME}' }, commonAnnotationsEnvsubst: true },
      { metadata: { annotations: { a: 'web' } } },
    ],
    [
      'a forced annotation',
      { commonAnnotations: { owner: 'them' }, forceCommonAnnotations: true },
      { metadata: { annotations: { owner: 'them' } } },
    ],
    [
      'patches',
      { patches: [{ patch: '- {op: replace, path: /spec/replicas, value: 9}', target: { kind: 'Deployment' } }] },
      { spec: { replicas: 9 } },
    ],
  ])('change %s', async (_, options, wanted) => {
    expect(await web(options)).toMatchObject(wanted);
  });

  it('add components, and leave out missing ones only where that is asked for', async () => {
    const given = {
      ...files,
      'part/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n',
    };
    const components = ['../part', '../none'];
    expect(names((await build({ components, ignoreMissingComponents: true }, given)).manifests)).toEqual([
      'Deployment/c-web',
    ]);
    await expect(build({ components }, given)).rejects.toMatchObject({
      message: expect.stringContaining('components names ../none'),
    });
  });

  it('do not replace a label or annotation that is there, unless forced', async () => {
    await expect(build({ commonAnnotations: { owner: 'them' } })).rejects.toMatchObject({
      code: 'render-refused',
      message: expect.stringContaining('"owner"'),
    });
  });

  it('never write through a link into a kustomization that others use', async () => {
    const linked = {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': deployment,
      'app/kustomization.yaml': { link: '../base/kustomization.yaml' },
      'app/web.yaml': deployment,
      'app/sub/kustomization.yaml': 'resources: [..]',
    };
    expect(names((await build({ namePrefix: 'p-' }, linked)).manifests)).toEqual(['Deployment/p-web']);
  });
});

describe('a kustomization that cannot be built', () => {
  it.each<[string, string, string]>([
    [
      'resources: [nope.yaml]',
      'app/kustomization.yaml: resources names nope.yaml, which is not in the repository',
      'render-refused',
    ],
    [
      'resources: [https://example.com/x.yaml]',
      'app/kustomization.yaml: resources names https://example.com/x.yaml, which lies outside the repository',
      'render-refused',
    ],
    ['resources: ["github.com/org/repo//deploy?ref=v1"]', 'which lies outside the repository', 'render-refused'],
    ['resources: ["git@github.com:org/repo"]', 'which lies outside the repository', 'render-refused'],
    ['components: [../base/web.yaml/x]', 'components names ../base/web.yaml/x', 'render-refused'],
    ['helmCharts: [{name: x}]', 'helmCharts is refused', 'render-refused'],
    ['resources: [../folder]', 'the folder has none of kustomization.yaml', 'render-refused'],
    ['resources: {a: b}\nfoo: bar', 'kustomize build of app failed: ', 'render-failed'],
    ['a: b: c', 'app/kustomization.yaml:1: ', 'manifest-invalid'],
  ])('says why: %s', async (text, message, code) => {
    const given = { ...files, 'folder/x.yaml': 'x', 'app/kustomization.yaml': text };
    await expect(bed.render({ files: given })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("shows kustomize's own message without paths of this machine", async () => {
    const error = await bed
      .render({ files: { ...files, 'base/web.yaml': 'kind: [' } })
      .catch((thrown: Error) => thrown);
    expect((error as Error).message).not.toContain(bed.scratch);
    expect((error as Error).message).toContain('web.yaml');
    expect(await bed.left()).toEqual([]);
  });
});
