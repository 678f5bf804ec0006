import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Source } from '../../shared/model/application.ts';
import type { GitHost } from '../../shared/ports.ts';
import { prepareRender } from '../../shared/render/prepare-render.ts';
import type { PreparedRender, RenderPorts } from '../../shared/render/render-request.ts';
import { runRender } from '../../shared/render/run-render.ts';
import type { GitFiles } from '../support/git-repositories.ts';
import { capabilities, helm, names, openRenderBed, type RenderBed } from '../unit/render/render-bed.ts';
import { type GitHostBed, startGitHostBed } from './git-host-bed.ts';

const map = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: "${value}"}\n`;

let bed: RenderBed;
let hosts: GitHostBed;
let git: GitHost;
const commits: string[] = [];

beforeAll(async () => {
  [bed, hosts] = await Promise.all([openRenderBed(), startGitHostBed()]);
  git = await hosts.host();
  await hosts.server.createRepository('shop');
  const write = async (files: GitFiles): Promise<void> => {
    commits.push(await hosts.server.commit('shop', { files, message: 'change' }));
  };
  await write({
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml': map('a'),
    'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
    'plain/a.yaml': map('plain'),
    'plain/link.yaml': { symlink: '../base/a.yaml' },
    'out/link.yaml': { symlink: '../../etc/passwd' },
    'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'chart/templates/a.yaml': map('chart', '{{ .Values.v }}'),
    'env/prod.yaml': 'v: prod\n',
  });
  await write({ 'README.md': 'beside all of them' });
});

afterAll(() => Promise.all([bed.close(), hosts.stop()]));

async function prepare(source: Partial<Source>, commit = 0): Promise<PreparedRender> {
  const repoURL = hosts.server.url('shop');
  const application = {
    name: 'web',
    project: 'shop',
    labels: {},
    annotations: {},
    finalizers: [],
    destination: { name: 'here', namespace: 'ns' },
    sources: [{ repoURL, targetRevision: 'main', ...source }],
    syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 1, maxBackoffMs: 1 } },
  };
  const resolve = async (): Promise<{ repoURL: string; sha: string }> => ({ repoURL, sha: commits[commit] ?? '' });
  return prepareRender({ application, capabilities, resolve }, ports());
}

function ports(): RenderPorts {
  return { git, runner: bed.runner, scratch: bed.scratch };
}

const sources: readonly (readonly [string, Partial<Source>, readonly string[]])[] = [
  ['a plain folder with a link', { path: 'plain' }, ['ConfigMap/a', 'ConfigMap/plain']],
  ['a kustomization with a base', { path: 'prod' }, ['ConfigMap/prod-a']],
  [
    'a chart with values beside it',
    { path: 'chart', ...helm({ valueFiles: ['/env/prod.yaml'] }) },
    ['ConfigMap/chart'],
  ],
];

describe('a real repository', () => {
  it.each(sources)('is rendered: %s', async (_, source, wanted) => {
    const { render } = await runRender(await prepare(source), ports());
    expect(names(render.manifests)).toEqual(wanted);
  });

  it.each(sources)('gives the same key for a commit beside the source: %s', async (_, source) => {
    const [before, after] = [await prepare(source, 0), await prepare(source, 1)];
    expect(after.inputKey).toBe(before.inputKey);
    expect(after.sources[0]).toMatchObject({ revision: commits[1], commit: { sha: commits[1], subject: 'change' } });
  });

  it('refuses a link that leaves it, and a path that is not there', async () => {
    await expect(prepare({ path: 'out' })).rejects.toMatchObject({ code: 'render-refused', object: 'out/link.yaml' });
    await expect(prepare({ path: 'none' })).rejects.toMatchObject({ code: 'git-path-unknown' });
  });
});
