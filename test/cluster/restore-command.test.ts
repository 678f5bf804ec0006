import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { compileCache } from '../support/compile-cache.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { configMap, customResourceDefinition } from '../support/manifests.ts';
import { makeNamespace, type TestNamespace } from '../support/namespace.ts';
import { namedContexts, writeKubeconfig } from '../support/restore-bed.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');

let folder: string;
let git: GitServer;
let namespace: TestNamespace;
let kubeconfig: string;
beforeEach(async () => {
  const home = sharedControlPlane().kubeconfig;
  folder = await mkdtemp(join(tmpdir(), 'plumb-restore-command-'));
  kubeconfig = await writeKubeconfig(folder, namedContexts({ home }));
  [git, namespace] = await Promise.all([startGitServer(), makeNamespace(home, 'restore')]);
});
afterEach(async () => {
  await Promise.all([git.stop(), namespace.remove()]);
  await rm(folder, { recursive: true });
});

type Ran = { readonly exitCode: number | null; readonly out: string; readonly err: string };

function start(words: readonly string[]) {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const own = { PLUMB_STORE: join(folder, 'store'), PLUMB_CACHE: join(folder, 'cache'), KUBECONFIG: kubeconfig };
  const env = { ...compileCache, PATH, HOME, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }), ...own };
  return spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** From now on commands are run by somebody without any right. */
async function loseRights(): Promise<void> {
  const name = `nobody-${namespace.name}`;
  kubeconfig = await writeKubeconfig(folder, namedContexts({ home: await sharedControlPlane().addUser(name) }));
}

async function plumb(...words: readonly string[]): Promise<Ran> {
  const child = start(words);
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode: exitCode as number | null, out, err };
}

/** Declares and syncs applications of two ConfigMaps each, then deletes what they made, and Git. */
async function loseAll(names: readonly string[], more: { readonly [file: string]: string } = {}): Promise<void> {
  const manifests = names.map((name) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      destination: { server: 'https://kubernetes.default.svc', namespace: namespace.name },
      source: { repoURL: git.url('all'), path: name, targetRevision: 'main' },
    },
  }));
  const files = names.map((name) => ({
    [`${name}/a.yaml`]: configMap(`${name}-a`),
    [`${name}/b.yaml`]: configMap(`${name}-b`),
  }));
  await git.createRepository('all', Object.assign({ ...more }, ...files));
  const file = join(folder, 'apps.yaml');
  await writeFile(file, manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
  const synced = await plumb('sync', '--all', '-f', file, '-q');
  if (synced.exitCode !== 0) throw new Error(synced.err);
  await deleteAll();
  await git.stop();
}

function core(): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config.makeApiClient(CoreV1Api);
}

async function deleteAll(): Promise<void> {
  await core().deleteCollectionNamespacedConfigMap({ namespace: namespace.name });
}

describe('plumb restore cluster', () => {
  it('shows the plan first, restores, compares, and finds nothing to do after', async () => {
    await loseAll(['shop', 'bank']);
    const tried = await plumb('restore', 'cluster', 'home', '--dry-run');
    expect(tried).toMatchObject({ exitCode: 0, err: '' });
    expect(tried.out).toMatch(
      /^APPLICATION +SNAPSHOT +CREATE +CONFIGURE +UNCHANGED +PRUNE +BLOCKED +NOTE\nbank +\S+ +2 +0 +0 +0 +0$/m,
    );

    const restored = await plumb('restore', 'cluster', 'home');
    expect(restored.exitCode).toBe(0);
    expect(restored.out).toMatch(/^shop: configmap\/shop-a created$/m);
    expect(restored.out).toMatch(
      /^home: Restored: 2 restored in [\d.]+s; of 4 objects none differs \(4 by dry run, 0 as last seen\)$/m,
    );

    const again = await plumb('restore', 'cluster', 'home', '-o', 'json');
    expect(again).toMatchObject({ exitCode: 0, err: '' });
    expect(JSON.parse(again.out)).toMatchObject({
      cluster: 'home',
      to: 'home',
      restored: true,
      applications: [
        { application: 'bank', outcome: 'unchanged' },
        { application: 'shop', outcome: 'unchanged' },
      ],
      verified: { byDryRun: 0, byMetadata: 4 },
    });
  });

  it('ends with 1 when something is blocked, and with 2 when nothing could begin', async () => {
    await loseAll(['shop', 'bank']);
    await core().createNamespacedConfigMap({
      namespace: namespace.name,
      body: {
        metadata: {
          name: 'bank-a',
          annotations: { 'argocd.argoproj.io/tracking-id': `other:/ConfigMap:${namespace.name}/bank-a` },
        },
      },
    });
    const tried = await plumb('restore', 'cluster', 'home', '--dry-run', '-o', 'json');
    expect(tried.exitCode).toBe(1);
    expect(JSON.parse(tried.out)).toMatchObject({
      applications: [
        { application: 'bank', blocked: [{ name: 'bank-a', reason: 'it belongs to application other' }] },
        {},
      ],
    });
    const { exitCode, out } = await plumb('restore', 'cluster', 'home');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^blocked: bank: ConfigMap \S+\/bank-a: it belongs to application other$/m);
    expect(out).toMatch(/^home: Not restored: 1 restored, 1 blocked in /m);
    for (const words of [
      ['nowhere'],
      ['home', '--to', 'nowhere'],
      ['home', '--at', 'tomorrow'],
      ['home', '--at', '2999-01-01'],
    ])
      expect(await plumb('restore', 'cluster', ...words)).toMatchObject({ exitCode: 2, out: '' });
  });

  it('neither waits nor repeats itself where nothing may be read, and calls nothing different that it could not compare', async () => {
    const more = ['c', 'd'].map((name) => [`shop/${name}.yaml`, configMap(`shop-${name}`)]);
    const group = `${namespace.name}.example.com`;
    await loseAll(['shop', 'bank'], {
      ...Object.fromEntries(more),
      'bank/crd.yaml': customResourceDefinition('Gadget', group),
    });
    await loseRights();
    const began = performance.now();
    const { exitCode, out, err } = await plumb('restore', 'cluster', 'home');
    expect(performance.now() - began).toBeLessThan(30_000);
    expect([exitCode, err]).toEqual([1, expect.not.stringContaining('warning')]);
    const lines = out.split('\n').filter((line) => /^(blocked|differs|unknown|failed|shop|bank):/.test(line));
    expect(lines).toEqual([
      ...['customresourcedefinitions', 'configmaps', 'configmaps'].map((resource) =>
        expect.stringMatching(
          new RegExp(
            `^blocked: bank: \\S+ \\S+: read failed \\(403 Forbidden\\): User \\S+ cannot get resource "${resource}"`,
          ),
        ),
      ),
      expect.stringMatching(
        /^blocked: shop: 4 objects cannot be read \(forbidden\): first: ConfigMap \S+\/shop-a: .*; -v lists all$/,
      ),
      'failed: bank: 3 objects failed, as was blocked above',
      'failed: shop: 4 objects failed, as was blocked above',
    ]);
    expect(out).toMatch(/of 7 objects 7 could not be compared \(0 by dry run, 0 as last seen\)\n$/);

    const { out: all } = await plumb('restore', 'cluster', 'home', '--dry-run', '-v');
    expect(all.match(/^blocked: shop: ConfigMap /gm)).toHaveLength(4);
    const { out: json } = await plumb('restore', 'cluster', 'home', '-o', 'json');
    const { applications, verified } = JSON.parse(json);
    expect(verified).toEqual({ byDryRun: 0, byMetadata: 0, unknown: 7 });
    expect(applications[1].differences).toHaveLength(4);
    expect(applications[1].differences[0]).toMatchObject({ name: 'shop-a', unknown: true });
  });

  it('takes the URL of the API server for the cluster, and says which clusters there are when it is none of them', async () => {
    await loseAll(['shop']);
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const url = `${config.getCurrentCluster()?.server}/`;
    const { exitCode, out } = await plumb('restore', 'cluster', url, '--dry-run', '-o', 'json');
    expect([exitCode, JSON.parse(out).cluster]).toEqual([0, 'home']);
    for (const name of ['nowhere', 'https://nowhere.example'])
      expect(await plumb('restore', 'cluster', name)).toMatchObject({
        exitCode: 2,
        err: expect.stringMatching(
          new RegExp(
            `no application in this store is in cluster ${name}\\n[^]*the store knows home \\(1 application\\)[^]*--to`,
          ),
        ),
      });
  });

  it('goes on where it was killed', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `app-${String(index).padStart(2, '0')}`);
    await loseAll(names);
    const child = start(['restore', 'cluster', 'home']);
    const ended = once(child, 'exit');
    for await (const chunk of child.stdout) if (String(chunk).includes(' created')) child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect((await plumb('list')).err).toMatch(
      /^warning: the restore of cluster home, begun \d+s ago, is not finished: plumb restore cluster home goes on with it$/m,
    );
    const { exitCode, out, err } = await plumb('restore', 'cluster', 'home');
    expect((await plumb('list')).err).toBe('');
    expect(err).toContain('going on with the restore that was begun at');
    expect(out).toMatch(/^home: Restored: .*none differs/m);
    expect(exitCode).toBe(0);
    const { items } = await core().listNamespacedConfigMap({ namespace: namespace.name });
    expect(items.filter(({ metadata }) => metadata?.name?.startsWith('app-'))).toHaveLength(80);
  });
});
