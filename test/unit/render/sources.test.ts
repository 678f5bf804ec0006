import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detectTool } from '../../../shared/render/detect-tool.ts';
import { prepareRender } from '../../../shared/render/prepare-render.ts';
import { folderTree, type TestFiles, treeHost } from './folder-tree.ts';
import { helm, kustomize, names, openRenderBed, type RenderBed } from './render-bed.ts';

let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterAll(() => bed.close());

const map = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: "${value}"}\n`;
const source = { repoURL: 'r', targetRevision: 'HEAD' };

describe('the tool of a source', () => {
  it.each([
    ['directory', source, []],
    ['directory', source, ['a.yaml', 'values.yaml']],
    ['helm', source, ['Chart.yaml', 'values.yaml']],
    ['helm', source, ['myChart.yaml']],
    ['kustomize', source, ['kustomization.yaml']],
    ['kustomize', source, ['Kustomization', 'Chart.yaml']],
    ['kustomize', source, ['kustomization.yml']],
    ['directory', source, ['Kustomization.yaml', 'chart.yaml']],
    ['helm', { ...source, ...helm() }, ['kustomization.yaml']],
    ['kustomize', { ...source, ...kustomize() }, ['Chart.yaml']],
    [
      'directory',
      { ...source, directory: { recurse: false, disableExtensionFilter: false } },
      ['Chart.yaml', 'kustomization.yaml'],
    ],
  ] as const)('is %s for %j with %j', (tool, given, files) => {
    expect(detectTool(given, files)).toBe(tool);
  });
});

describe('override files in the repository', () => {
  const files: TestFiles = { 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': map('a') };

  it('are merged over the options of the source, the one of the application last', async () => {
    const overrides = {
      'app/.argocd-source.yaml':
        'kustomize: {namePrefix: p-, nameSuffix: -s}\nrepoURL: https://evil.example\npath: ../x\n',
      'app/.argocd-source-web.yaml': 'kustomize: {nameSuffix: -w}',
      'app/.argocd-source-other.yaml': 'kustomize: {nameSuffix: -o}',
    };
    const { manifests } = await bed.render({
      files: { ...files, ...overrides },
      source: kustomize({ namespace: 'n1', nameSuffix: '-x' }),
    });
    expect(manifests).toMatchObject([{ metadata: { name: 'p-a-w', namespace: 'n1' } }]);
  });

  it('may take an option away with null, and give parameters in short form', async () => {
    const chart = {
      'app/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0',
      'app/templates/a.yaml': map('a', '{{ .Values.x }}{{ .Release.Name }}'),
    };
    const override = { 'app/.argocd-source.yaml': 'helm: {releaseName: null, parameters: [{name: x, value: over-}]}' };
    const { manifests } = await bed.render({ files: { ...chart, ...override }, source: helm({ releaseName: 'gone' }) });
    expect(manifests).toMatchObject([{ data: { v: 'over-web' } }]);
  });

  it.each([
    ['kustomize: {images: nginx}', 'kustomize.images must be a list'],
    ['kustomize: [a]', 'kustomize must be a mapping'],
    ['helm: {releaseName: 5}', 'helm.releaseName must be text'],
    ['directory: {recurse: "yes"}', 'directory.recurse must be true or false'],
    ['- a', 'a mapping of tool options is wanted'],
    ['a: b: c', 'app/.argocd-source.yaml:1: '],
  ])('that cannot be used are an error: %s', async (text, message) => {
    await expect(bed.render({ files: { ...files, 'app/.argocd-source.yaml': text } })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  });

  it('are no manifests of a plain folder', async () => {
    const { manifests, warnings } = await bed.render({
      files: {
        'app/a.yaml': map('a'),
        'app/.argocd-source-web.yaml': 'directory: {recurse: true}',
        'app/deep/b.yaml': map('b'),
      },
    });
    expect(names(manifests)).toEqual(['ConfigMap/a', 'ConfigMap/b']);
    expect(warnings).toEqual([]);
  });
});

describe('several sources', () => {
  const one = folderTree({ 'app/a.yaml': map('a'), 'app/both.yaml': map('both', 'one'), 'v/b.yaml': map('b') });
  const two = folderTree({ 'app/both.yaml': map('both', 'two') }, 'https://git.example/team/two');

  it('come together, and the last one wins where two write one object', async () => {
    const { manifests, warnings } = await bed.render({ trees: [one, two], sources: [{}, { repoURL: two.repoURL }] });
    expect(names(manifests)).toEqual(['ConfigMap/a', 'ConfigMap/both']);
    expect(manifests[1]).toMatchObject({ data: { v: 'two' } });
    expect(warnings).toEqual(['ConfigMap both is written more than once; the last one is used']);
  });

  it('with a ref give manifests only where they have a path', async () => {
    expect(names((await bed.render({ trees: [one], sources: [{ ref: 'values' }, {}] })).manifests)).toEqual([
      'ConfigMap/a',
      'ConfigMap/both',
    ]);
    expect(names((await bed.render({ trees: [one], sources: [{ ref: 'values', path: 'v' }] })).manifests)).toEqual([
      'ConfigMap/b',
    ]);
  });

  it('tell where each of them came from', async () => {
    const { sources } = await bed.prepare({ trees: [one, two], sources: [{}, { repoURL: two.repoURL, ref: 'x' }] });
    expect(sources).toEqual([
      { repoURL: one.repoURL, revision: one.commit.sha, path: 'app', commit: one.commit },
      { repoURL: two.repoURL, revision: two.commit.sha, commit: two.commit },
    ]);
  });

  it('of one commit open it once', async () => {
    const git = treeHost([one]);
    const application = {
      name: 'web',
      project: 'p',
      labels: {},
      annotations: {},
      finalizers: [],
      destination: { name: 'x', namespace: 'n' },
      sources: ['app', 'v'].map((path) => ({ repoURL: one.repoURL, targetRevision: 'main', path })),
      syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 1, maxBackoffMs: 1 } },
    };
    const resolve = async (): Promise<{ repoURL: string; sha: string }> => ({
      repoURL: one.repoURL,
      sha: one.commit.sha,
    });
    await prepareRender(
      { application, capabilities: { kubeVersion: '', apiVersions: [] }, resolve },
      { git, runner: bed.runner, scratch: bed.scratch },
    );
    expect(git.opened).toHaveLength(1);
  });
});
