import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';
import type { Command } from '../../shared/ports.ts';
import { eventually } from '../support/eventually.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-commands-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A runner whose helm is a shell script. */
async function script(text: string): Promise<LocalCommandRunner> {
  const path = join(folder, `program-${Math.random().toString(36).slice(2)}`);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return new LocalCommandRunner({ helm: path, kustomize: { path, prefixArgs: ['build'] } });
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

  it('that cannot be started is an error of its own', async () => {
    const runner = new LocalCommandRunner({
      helm: join(folder, 'none'),
      kustomize: { path: join(folder, 'none'), prefixArgs: [] },
    });
    await expect(runner.run(command())).rejects.toMatchObject({ code: 'tool-unusable', object: join(folder, 'none') });
    await expect(runner.versions()).rejects.toMatchObject({ code: 'tool-unusable' });
  });
});

describe('the versions', () => {
  it('are those that helm and kustomize say', async () => {
    const { helm, kustomize, versions } = await provideTools();
    const runner = new LocalCommandRunner({ helm, kustomize: { path: kustomize.path, prefixArgs: kustomize.args } });
    expect(await runner.versions()).toEqual(versions);
  });
});
