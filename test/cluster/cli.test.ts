import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileCache } from '../support/compile-cache.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { configMap, deployment } from '../support/manifests.ts';
import { makeNamespace, type TestNamespace } from '../support/namespace.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const controlPlane = sharedControlPlane();

let folder: string;
let git: GitServer;
let namespace: TestNamespace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-cli-'));
  [git, namespace] = await Promise.all([startGitServer(), makeNamespace(controlPlane.kubeconfig, 'cli')]);
});
afterAll(async () => {
  await Promise.all([git.stop(), namespace.remove()]);
  await rm(folder, { recursive: true });
});

/** Declares an application of the folder `app` of the repository of that name, and gives the file that says so. */
async function declareApplication(name: string, spec: object = {}): Promise<string> {
  const manifest = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      destination: { server: 'https://kubernetes.default.svc', namespace: namespace.name },
      source: { repoURL: git.url(name), path: 'app', targetRevision: 'main' },
      ...spec,
    },
  };
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(manifest));
  return file;
}

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

/** The real program in a process of its own, with nothing of this one's environment but the tools' cache. */
async function plumb(words: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = start(words, variables);
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode: exitCode as number, out, err };
}

function start(words: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const own = {
    PLUMB_STORE: join(folder, 'store'),
    PLUMB_CACHE: join(folder, 'cache'),
    KUBECONFIG: controlPlane.kubeconfig,
    ...compileCache,
  };
  const env = { PATH, HOME, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }), ...own, ...variables };
  return spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('plumb on a real cluster', () => {
  it('takes an application from Git to healthy, tells what differs, and finds nothing to do after', async () => {
    const sha = await git.createRepository('shop', {
      'app/a.yaml': configMap('prompts', { a: '1' }),
      'app/b.yaml': deployment('web'),
    });
    const file = await declareApplication('shop');

    const before = await plumb(['diff', '-f', file]);
    expect(before.exitCode).toBe(1);
    expect(before.out).toContain(`+++ git/ConfigMap.${namespace.name}.prompts`);
    expect(before.err).toContain(`shop: 2 differences at ${sha.slice(0, 7)} (2 to create)`);

    const tried = await plumb(['sync', '-f', file, '--dry-run']);
    expect(tried).toMatchObject({
      exitCode: 0,
      out: 'configmap/prompts created (dry run)\ndeployment.apps/web created (dry run)\n',
    });

    const synced = await plumb(['sync', 'shop', '-f', file, '--wait']);
    expect(synced.exitCode).toBe(0);
    expect(synced.out).toMatch(/^configmap\/prompts created$/m);
    expect(synced.out).toMatch(
      new RegExp(`^shop: Synced, Healthy at ${sha.slice(0, 7)} \\(2 created\\) in [\\d.]+s$`, 'm'),
    );

    expect(await plumb(['diff', '-f', file, '-q'])).toEqual({ exitCode: 0, out: '', err: '' });
    expect((await plumb(['sync', '-f', file, '-q'])).out).toMatch(/^shop: Synced, Healthy at \w+ \(2 unchanged\)/);
    expect((await plumb(['list'])).out).toMatch(
      new RegExp(`^shop +default +\\S+ +${namespace.name} +Synced +Healthy +${sha.slice(0, 7)}`, 'm'),
    );
    expect((await plumb(['status', 'shop'])).out).toMatch(/^deployment\.apps\/web +\S+ +0 +\S+ +Healthy/m);
  }, 60_000);

  it('gives programs the whole story as JSON', async () => {
    await git.createRepository('data', { 'app/a.yaml': configMap('data', { a: '1' }) });
    const file = await declareApplication('data');
    const { out, err } = await plumb(['sync', '-f', file, '-o', 'json']);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject([
      {
        application: 'data',
        phase: 'Succeeded',
        sync: { code: 'Synced' },
        results: [{ kind: 'ConfigMap', name: 'data', action: 'created' }],
      },
    ]);
    const list = JSON.parse((await plumb(['render', '-f', file, '-o', 'json'])).out) as {
      readonly items: readonly object[];
    };
    expect(list.items).toMatchObject([{ kind: 'ConfigMap', metadata: { name: 'data' } }]);
  }, 60_000);

  it('syncs what it can, names the application that failed, and ends with 2', async () => {
    await git.createRepository('good', { 'app/a.yaml': configMap('good') });
    const files = await Promise.all([declareApplication('good'), declareApplication('absent')]);
    const { exitCode, out, err } = await plumb(['sync', '--all', ...files.flatMap((file) => ['-f', file])]);
    expect(exitCode).toBe(2);
    expect(out).toContain('good: configmap/good created');
    expect(err).toMatch(/^Error: absent: Git repository .*absent\.git could not be read: there is no such repository/m);
    expect(err).toMatch(/^ {2}try: /m);
  }, 60_000);

  it('ends with 1 when an object is refused, and says which and why', async () => {
    const broken = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not_A_Name' } });
    await git.createRepository('refused', { 'app/a.yaml': broken, 'app/b.yaml': configMap('fine') });
    const { exitCode, out } = await plumb(['sync', '-f', await declareApplication('refused')]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^configmap\/Not_A_Name failed: .*Invalid value/m);
    expect(out).toMatch(/^refused: Failed at \w+ \(/m);
  }, 60_000);

  it('claims nothing of what it may not read, and tells what right is missing', async () => {
    await git.createRepository('hidden', { 'app/a.yaml': configMap('hidden') });
    const file = await declareApplication('hidden');
    const KUBECONFIG = await controlPlane.addUser('nobody-special');
    const { exitCode, out, err } = await plumb(['diff', '-f', file], { KUBECONFIG });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^unknown: ConfigMap \S+\/hidden: .*User "nobody-special" cannot get resource "configmaps"/m);
    const doctor = await plumb(['doctor', '-f', file], { KUBECONFIG });
    expect(doctor.exitCode).toBe(1);
    expect(doctor.out).toMatch(/^✗ rights in .*\n +try: Give that user the verb/m);
    expect(doctor.out).toMatch(/^✓ git /m);
  }, 60_000);

  it('says that the cluster is gone, and where it was looked for', async () => {
    await git.createRepository('gone', { 'app/a.yaml': configMap('gone') });
    const KUBECONFIG = join(folder, 'gone.kubeconfig');
    const cluster = { name: 'gone', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'gone', context: { cluster: 'gone', user: 'gone' } };
    const config = {
      'current-context': 'gone',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'gone', user: {} }],
    };
    await writeFile(KUBECONFIG, JSON.stringify(config));
    const { exitCode, err } = await plumb(['diff', '-f', await declareApplication('gone')], { KUBECONFIG });
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^Error: .*https:\/\/127\.0\.0\.1:1.*refused/m);
    expect(err).toMatch(/^ {2}try: Check that the API server runs/m);
  }, 60_000);

  it('shows credentials to the host that they are for, and to nobody else', async () => {
    await git.createRepository('private', { 'app/a.yaml': configMap('private') }, { users: { bot: 's3cret' } });
    const file = await declareApplication('private');
    const locked = await plumb(['sync', '-f', file, '-v']);
    expect(locked).toMatchObject({ exitCode: 2, out: '' });
    expect(locked.err).toContain('Give credentials for this address');
    const credentials = join(folder, 'credentials');
    await writeFile(credentials, `${git.origin.replace('//', '//bot:s3cret@')}\n`, { mode: 0o600 });
    const opened = await plumb(['sync', '-f', file, '-v', '--git-credentials', credentials]);
    expect(opened.exitCode).toBe(0);
    expect(locked.err + opened.out + opened.err).not.toContain('s3cret');
  }, 60_000);

  it('serves until it is interrupted: a push is applied, and a log line tells of it', async () => {
    await git.createRepository('served', { 'app/a.yaml': configMap('served', { a: '1' }) });
    const file = await declareApplication('served', { syncPolicy: { automated: { selfHeal: true } } });
    const child = start(['serve', '-f', file, '--poll-interval', '200ms', '-o', 'json']);
    const events: { readonly type: string; readonly result?: { readonly action: string } }[] = [];
    const ended = once(child, 'exit');
    let [rest, isPushed] = ['', false];
    for await (const chunk of child.stdout) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map((line) => JSON.parse(line)));
      const actions = events.map(({ result }) => result?.action);
      if (actions.includes('created') && !isPushed) {
        isPushed = true;
        await git.commit('served', { files: { 'app/a.yaml': configMap('served', { a: '2' }) }, message: 'more' });
      }
      if (actions.includes('configured')) child.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
    expect(events.at(-1)).toMatchObject({ type: 'notice', level: 'info', message: 'ended' });
  }, 60_000);

  it('syncs with --all what is declared, and then what that declares', async () => {
    const child = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'grown' },
      spec: {
        destination: { server: 'https://kubernetes.default.svc', namespace: namespace.name },
        source: { repoURL: git.url('family'), path: 'grown', targetRevision: 'main' },
      },
    };
    await git.createRepository('family', {
      'app/child.yaml': JSON.stringify(child),
      'grown/a.yaml': configMap('of-the-child'),
    });
    const { exitCode, out } = await plumb(['sync', '--all', '-f', await declareApplication('family')]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^family: Synced/m);
    expect(out).toMatch(/^grown: Synced, Healthy at \S+ \(1 created\)/m);
  });
});
