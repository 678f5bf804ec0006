import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../shared/ports.ts';
import type { RenderRequest } from '../../shared/render/render-request.ts';
import { folderTree } from '../unit/render/folder-tree.ts';
import { helm, names, openRenderBed, type RenderBed } from '../unit/render/render-bed.ts';
import { type Registry, startHelmRepository, startOciRegistry } from './render-registry.ts';

const chart = (version: string): { readonly [path: string]: string } => ({
  'demo/Chart.yaml': `apiVersion: v2\nname: demo\nversion: ${version}\n`,
  'demo/values.yaml': 'from: chart\n',
  'demo/prod.yaml': 'from: prod\n',
  'demo/templates/cm.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {version: "${version}", from: "{{ .Values.from }}"}\n`,
});

let bed: RenderBed;
let folder: string;
const registries: Registry[] = [];
let http: Registry;
let locked: Registry;
let oci: Registry;
let lockedOci: Registry;

beforeAll(async () => {
  bed = await openRenderBed();
  folder = await mkdtemp(join(tmpdir(), 'plumb-charts-'));
  await Promise.all(['1.0.0', '1.2.0', '1.3.0-rc.1', '2.0.0'].map((version) => packageChart(version)));
  await call(['repo', 'index', '.'], 'packages');
  http = await keep(startHelmRepository(join(folder, 'packages')));
  locked = await keep(startHelmRepository(join(folder, 'packages'), 's3cret'));
  oci = await keep(startOciRegistry());
  lockedOci = await keep(startOciRegistry('s3cret'));
  for (const version of ['1.0.0', '1.2.0', '2.0.0']) {
    await call(['push', `demo-${version}.tgz`, `oci://${oci.host}/charts`, '--plain-http'], 'packages');
    await call(
      [
        'push',
        `demo-${version}.tgz`,
        `oci://${lockedOci.host}/charts`,
        '--plain-http',
        '--username',
        'user',
        '--password',
        's3cret',
      ],
      'packages',
    );
  }
}, 60_000);

afterAll(async () => {
  await Promise.all(registries.map((registry) => registry.close()));
  await Promise.all([bed.close(), rm(folder, { recursive: true, force: true })]);
});

async function keep(starting: Promise<Registry>): Promise<Registry> {
  const registry = await starting;
  registries.push(registry);
  return registry;
}

async function packageChart(version: string): Promise<void> {
  for (const [path, text] of Object.entries(chart(version))) await write(join(folder, version, path), text);
  await mkdir(join(folder, 'packages'), { recursive: true });
  await call(['package', 'demo', '--destination', join(folder, 'packages')], version);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function call(args: readonly string[], place: string): Promise<CommandResult> {
  const home = join(folder, 'home');
  const result = await bed.runner.run({
    program: 'helm',
    args,
    folder: join(folder, place),
    home,
    network: true,
    timeoutMs: 60_000,
    maxOutputBytes: 1_000_000,
  });
  expect(result).toMatchObject({ exitCode: 0 });
  return result;
}

const withPassword = (password: string): Partial<RenderRequest> => ({
  chartCredentials: async () => ({ username: 'user', password }),
});
const credentials = withPassword('s3cret');

describe.each([
  ['a Helm repository', () => `http://${http.host}`],
  ['an OCI registry', () => `oci://${oci.host}/charts`],
  ['an OCI registry without a scheme', () => `${oci.host}/charts`],
])('a chart of %s', (_, url) => {
  it.each([
    ['1.0.0', '1.0.0'],
    ['~1.0', '1.0.0'],
    ['1.x', '1.2.0'],
    ['>=1.0.0 <2', '1.2.0'],
    ['HEAD', '2.0.0'],
  ])('is pulled in the version that %s means', async (targetRevision, version) => {
    const given = { source: { repoURL: url(), chart: 'demo', targetRevision } };
    const prepared = await bed.prepare(given);
    const archive = await readFile(join(folder, 'packages', `demo-${version}.tgz`));
    const digest = createHash('sha256').update(archive).digest('hex');
    expect(prepared.sources).toEqual([{ repoURL: url(), revision: version, chart: 'demo', digest }]);
    expect((await bed.render(given)).manifests).toMatchObject([
      { metadata: { name: 'web' }, data: { version, from: 'chart' } },
    ]);
    expect(await bed.left()).toEqual([]);
  });

  it('takes value files from the chart and from Git', async () => {
    const values = folderTree({ 'v.yaml': 'from: git\n' }, 'https://git.example/team/values');
    const source = (valueFiles: readonly string[]): object => ({
      repoURL: url(),
      chart: 'demo',
      targetRevision: '1.0.0',
      ...helm({ valueFiles }),
    });
    const ref = { repoURL: values.repoURL, ref: 'values' };
    expect((await bed.render({ trees: [values], sources: [source(['prod.yaml']), ref] })).manifests).toMatchObject([
      { data: { from: 'prod' } },
    ]);
    expect(
      (await bed.render({ trees: [values], sources: [source(['prod.yaml', '$values/v.yaml']), ref] })).manifests,
    ).toMatchObject([{ data: { from: 'git' } }]);
  });

  it.each([
    ['a version that is not there', { targetRevision: '9.9.9' }],
    ['a chart that is not there', { chart: 'other' }],
  ])('fails with what was asked for: %s', async (__, change) => {
    const source = { repoURL: url(), chart: 'demo', targetRevision: '1.0.0', ...change };
    const error = await bed.prepare({ source }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining(`pulling chart ${source.chart} ${source.targetRevision} of `),
    });
    expect((error as Error).message).not.toContain(bed.scratch);
  });
});

describe('a chart of an exact version', () => {
  it('is pulled once, and once more for other credentials', async () => {
    const fresh = await openRenderBed();
    const source = { repoURL: `http://${http.host}`, chart: 'demo', targetRevision: '1.2.0' };
    const before = http.requests.length;
    await fresh.prepare({ source });
    const pulled = http.requests.length - before;
    await fresh.prepare({ source });
    expect(http.requests.length).toBe(before + pulled);
    await fresh.prepare({ source, request: credentials });
    expect(http.requests.length).toBeGreaterThan(before + pulled);
    await fresh.close();
  });
});

describe('credentials', () => {
  it.each([
    ['a Helm repository', () => `http://${locked.host}`],
    ['an OCI registry', () => `oci://${lockedOci.host}/charts`],
  ])('open %s, and are neither in arguments nor in messages', async (_, url) => {
    const source = { repoURL: url(), chart: 'demo', targetRevision: '1.0.0' };
    const before = bed.ran.length;
    expect(names((await bed.render({ source, request: credentials })).manifests)).toEqual(['ConfigMap/web']);
    for (const request of [{}, withPassword('wr0ng')]) {
      const error = await bed.prepare({ source, request }).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ code: 'render-failed' });
      expect((error as Error).message).not.toContain('wr0ng');
    }
    const ran = bed.ran.slice(before).map(({ args, environment }) => ({ args, environment }));
    expect(JSON.stringify(ran)).not.toMatch(/s3cret|wr0ng/);
  });
});

describe('the dependencies of a chart in Git', () => {
  const files = (lock: boolean): { readonly [path: string]: string } => ({
    'app/Chart.yaml': `apiVersion: v2\nname: own\nversion: 1.0.0\ndependencies: [{name: demo, version: ~1.0, repository: "http://${http.host}"}]\n`,
    ...(lock ? { 'app/Chart.lock': lockText() } : {}),
  });
  const lockText = (): string => {
    const digest = createHash('sha256')
      .update(
        `[[{"name":"demo","version":"~1.0","repository":"http://${http.host}"}],[{"name":"demo","version":"1.0.0","repository":"http://${http.host}"}]]`,
      )
      .digest('hex');
    return `dependencies:\n- name: demo\n  repository: http://${http.host}\n  version: 1.0.0\ndigest: sha256:${digest}\ngenerated: "2026-01-01T00:00:00Z"\n`;
  };

  it.each([true, false])(
    'are fetched where they are missing, with a warning unless they are pinned (pinned: %s)',
    async (isLocked) => {
      const { manifests, warnings } = await bed.render({ files: files(isLocked) });
      expect(manifests).toMatchObject([{ data: { version: '1.0.0' } }]);
      expect(warnings.some((warning) => warning.includes('not pinned by a Chart.lock'))).toBe(!isLocked);
      expect(bed.ran.slice(-3).map(({ args, network }) => [args[0], network])).toEqual([
        ['template', false],
        ['dependency', true],
        ['template', false],
      ]);
    },
  );
});

describe('a dependency of a chart in Git that is in a locked registry', () => {
  it.each([
    ['a Helm repository', '~1.0', () => `http://${locked.host}`],
    ['an OCI registry', '1.0.0', () => `oci://${lockedOci.host}/charts`],
    ['an OCI registry, by range', '~1.0', () => `oci://${lockedOci.host}/charts`],
  ])('is fetched with the credentials of %s, which are in no argument or message', async (_, version, url) => {
    const files = {
      'app/Chart.yaml': `apiVersion: v2\nname: own\nversion: 1.0.0\ndependencies: [{name: demo, version: ${version}, repository: "${url()}"}]\n`,
    };
    const asked: string[] = [];
    const request: Partial<RenderRequest> = {
      chartCredentials: async (repoURL) => {
        asked.push(repoURL);
        return { username: 'user', password: 's3cret' };
      },
    };
    const before = bed.ran.length;
    expect((await bed.render({ files, request })).manifests).toMatchObject([{ data: { version: '1.0.0' } }]);
    expect(asked).toEqual([url()]);
    for (const without of [{}, withPassword('wr0ng')]) {
      const error = await bed.render({ files, request: without }).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({
        code: 'render-failed',
        message: expect.stringContaining('helm dependency build for '),
      });
      expect((error as Error).message).not.toContain('wr0ng');
    }
    const ran = bed.ran.slice(before).map(({ args, environment }) => ({ args, environment }));
    expect(JSON.stringify(ran)).not.toMatch(/s3cret|wr0ng/);
    expect(await bed.left()).toEqual([]);
  });
});

describe('a chart beyond a proxy', () => {
  it('is pulled through it', async () => {
    const behind = await openRenderBed({ proxy: { http: `http://${http.host}` } });
    const source = { repoURL: 'http://charts.invalid', chart: 'demo', targetRevision: '1.2.0' };
    expect((await behind.render({ source })).manifests).toMatchObject([{ data: { version: '1.2.0' } }]);
    await behind.close();
  });
});

describe('a chart that is refused before anything is pulled', () => {
  it.each([
    ['a name with dots', { chart: '../demo' }],
    ['a name that is a flag', { chart: '--help' }],
    ['a version that is a flag', { targetRevision: '--post-renderer=x' }],
    ['a repository on disk', { repoURL: 'file:///etc' }],
    ['a repository over git', { repoURL: 'git+ssh://x/y' }],
  ])('has %s', async (_, change) => {
    const before = bed.ran.length;
    const source = { repoURL: 'https://charts.example', chart: 'demo', targetRevision: '1.0.0', ...change };
    await expect(bed.prepare({ source })).rejects.toMatchObject({ code: 'render-refused' });
    expect(bed.ran.length).toBe(before);
  });
});
