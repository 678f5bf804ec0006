import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import type { CommandNetwork } from '../../shared/adapters/local/command-environment.ts';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';
import { RenderError } from '../../shared/errors.ts';
import type { Command } from '../../shared/ports.ts';
import { prepareRender } from '../../shared/render/prepare-render.ts';
import { runRender } from '../../shared/render/run-render.ts';
import { eventually } from '../support/eventually.ts';
import { folderTree, treeHost } from '../unit/render/folder-tree.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-commands-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(text: string): Promise<string> {
  const path = join(folder, `program-${Math.random().toString(36).slice(2)}`);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A runner whose helm is a shell script. */
async function script(text: string, network: CommandNetwork = {}): Promise<LocalCommandRunner> {
  const path = await program(text);
  const versions = { helm: 'v4', kustomize: 'v5' };
  return new LocalCommandRunner({ helm: path, kustomize: { path, prefixArgs: ['build'] }, versions, network });
}

const command = (more: Partial<Command> = {}): Command => ({
  program: 'helm',
  args: [],
  folder,
  home: join(folder, 'home'),
  network: false,
  timeoutMs: 20_000,
  maxOutputBytes: 100_000,
  ...more,
});

async function hasEnded(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
  return state === 'gone' || / Z /.test(state);
}

describe('a program that is run', () => {
  it('gives its exit code and what it says', async () => {
    const runner = await script('echo out; echo err >&2; exit 3');
    expect(await runner.run(command())).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('gets its arguments as they are, after those that belong to it', async () => {
    const runner = await script('for a in "$@"; do echo "<$a>"; done');
    expect((await runner.run(command({ args: ['a b', '$HOME', '; ls', ''] }))).stdout).toBe(
      '<a b>\n<$HOME>\n<; ls>\n<>\n',
    );
    expect((await runner.run(command({ program: 'kustomize', args: ['.'] }))).stdout).toBe('<build>\n<.>\n');
  });

  it('gets nothing of the environment of this process', async () => {
    Object.assign(process.env, { AWS_SECRET_ACCESS_KEY: 'leak', GITHUB_TOKEN: 'leak', KUBECONFIG: 'leak' });
    const { stdout } = await (await script('/usr/bin/env')).run(command({ environment: { ARGOCD_APP_NAME: 'web' } }));
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'KUBECONFIG']) delete process.env[name];
    expect(stdout).not.toContain('leak');
    expect(stdout).toContain(`HOME=${folder}/home\n`);
    expect(stdout).toContain('ARGOCD_APP_NAME=web\n');
    expect(stdout).toContain('HTTPS_PROXY=http://127.0.0.1:1\n');
  });

  it('has no proxy in its way where it may use the network', async () => {
    expect((await (await script('/usr/bin/env')).run(command({ network: true }))).stdout).not.toContain('PROXY');
  });

  it('gets the proxies and the authorities of this machine where it may use the network, and nowhere else', async () => {
    const proxy = { http: 'http://proxy.example:1', https: 'http://proxy.example:2', except: 'inside.example' };
    const runner = await script('/usr/bin/env', { proxy, caFile: '/etc/authorities.pem' });
    const wanted = [
      'HTTP_PROXY=http://proxy.example:1',
      'HTTPS_PROXY=http://proxy.example:2',
      'NO_PROXY=inside.example',
      'SSL_CERT_FILE=/etc/authorities.pem',
    ];
    const linesOf = async (network: boolean): Promise<readonly string[]> =>
      (await runner.run(command({ network }))).stdout.split('\n');
    expect(await linesOf(true)).toEqual(expect.arrayContaining(wanted));
    const offline = await linesOf(false);
    expect(offline.filter((line) => wanted.includes(line))).toEqual([]);
    expect(offline).toContain('HTTP_PROXY=http://127.0.0.1:1');
  });

  it('is ended with all that it started when it takes too long', async () => {
    const file = join(folder, 'pid');
    const runner = await script(`/bin/sleep 60 & echo $! > ${file}; wait`);
    await expect(runner.run(command({ timeoutMs: 1_000 }))).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('more than 1 s'),
    });
    const pid = Number(await readFile(file, 'utf8'));
    await expect(eventually('the end of its child', () => hasEnded(pid))).resolves.toBe(true);
  });

  it('is ended when it says too much', async () => {
    const runner = await script('while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done');
    await expect(runner.run(command())).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('more than 0.1 MB'),
    });
  });

  it('leaves nothing running that it has started', async () => {
    const file = join(folder, 'left');
    const runner = await script(`/bin/sleep 60 & echo $! > ${file}`);
    expect(await runner.run(command())).toMatchObject({ exitCode: 0 });
    const pid = Number(await readFile(file, 'utf8'));
    await expect(eventually('the end of its child', () => hasEnded(pid))).resolves.toBe(true);
  });

  it('that is no program is an error of its own', async () => {
    const path = join(folder, 'text');
    await writeFile(path, 'text');
    const runner = new LocalCommandRunner({ helm: path, kustomize: { path, prefixArgs: [] } });
    await expect(runner.run(command())).rejects.toMatchObject({ code: 'tool-unusable', object: path });
  });

  it('that cannot be started is an error of its own', async () => {
    const runner = new LocalCommandRunner({
      helm: join(folder, 'none'),
      kustomize: { path: join(folder, 'none'), prefixArgs: [] },
    });
    await expect(runner.run(command())).rejects.toMatchObject({ code: 'tool-unusable', object: join(folder, 'none') });
    await expect(runner.versions()).rejects.toMatchObject({ code: 'tool-unusable' });
  });
});

describe('a program that runs when the process that started it', () => {
  it.each<[string, NodeJS.Signals]>([
    ['is killed', 'SIGKILL'],
    ['is terminated', 'SIGTERM'],
    ['exits', 'SIGHUP'],
  ])('%s, ends too, with all that it started', async (_, signal) => {
    const file = join(folder, `pids-${signal}`);
    const path = await program(`/bin/sleep 60 & echo $$ $! > ${file}.draft; /bin/mv ${file}.draft ${file}; wait`);
    const host = await startHost(path);
    const pids = (await eventually('its start', () => readFile(file, 'utf8').catch(() => ''))).trim().split(' ');
    const ended = once(host, 'exit');
    host.kill(signal);
    await ended;
    expect(pids).toHaveLength(2);
    for (const pid of pids)
      await expect(eventually(`the end of ${pid}`, () => hasEnded(Number(pid)))).resolves.toBe(true);
  });

  async function startHost(path: string): Promise<ChildProcess> {
    const host = spawn(
      process.execPath,
      [join(import.meta.dirname, '../support/command-host-process.ts'), path, folder],
      {
        stdio: 'ignore',
      },
    );
    await once(host, 'spawn');
    return host;
  }
});

describe('a render whose helm is killed', () => {
  it('fails with the signal and what to look at, and leaves no scratch files', async () => {
    const scratch = await mkdtemp(join(folder, 'scratch-'));
    const tree = folderTree({ 'app/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' });
    const { repoURL } = tree;
    const ports = { git: treeHost([tree]), runner: await script('kill -KILL $$'), scratch };
    const application = {
      name: 'web',
      project: 'shop',
      labels: {},
      annotations: {},
      finalizers: [],
      destination: { name: 'here', namespace: 'ns' },
      sources: [{ repoURL, targetRevision: 'main', path: 'app' }],
      syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 1, maxBackoffMs: 1 } },
    };
    const capabilities = { kubeVersion: '', apiVersions: [] };
    const resolve = async (): Promise<{ repoURL: string; sha: string }> => ({ repoURL, sha: tree.commit.sha });
    const prepared = await prepareRender({ application, capabilities, resolve }, ports);
    const error = await runRender(prepared, ports).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RenderError);
    expect(error).toMatchObject({
      code: 'render-failed',
      message: expect.stringMatching(/^program-\w+ was ended by SIGKILL$/),
      hint: 'check that there is memory enough',
      retryable: true,
    });
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('the versions', () => {
  it('are those that helm and kustomize say', async () => {
    const { helm, kustomize, versions } = await provideTools();
    const runner = new LocalCommandRunner({ helm, kustomize: { path: kustomize.path, prefixArgs: kustomize.args } });
    expect(await runner.versions()).toEqual(versions);
  });
});
