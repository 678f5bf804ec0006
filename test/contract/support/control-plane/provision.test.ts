import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDownloader } from '../../../../cli/setup/download.ts';
import type { Environment, Setup } from '../../../../cli/setup/local-setup.ts';
import { silentProgress } from '../../../../cli/setup/progress.ts';
import { programs } from '../../../support/control-plane/binaries.ts';
import { provideControlPlane, waysToMake } from '../../../support/control-plane/provision.ts';
import { eventually } from '../../../support/eventually.ts';
import { makeFakeGo } from '../../../support/fake-go.ts';

let folder: string;
let notes: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-provision-'));
  notes = [];
});
afterEach(() => rm(folder, { recursive: true }));

const setupWith = (environment: Environment): Setup => ({
  environment,
  cache: join(folder, 'cache'),
  os: 'linux',
  arch: 'amd64',
  progress: { ...silentProgress, note: (text) => notes.push(text) },
});

async function addPrograms(path: string, names: readonly string[], version = 'v1.36.1'): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const name of names) {
    await writeFile(join(path, name), `#!/bin/sh\necho Kubernetes ${version}\n`);
    await chmod(join(path, name), 0o755);
  }
}

const cached = (): string => join(folder, 'cache', 'control-plane', 'v1.36.3-linux-amd64');

describe('Programs of the control plane', () => {
  it('are taken from KUBEBUILDER_ASSETS first and from the cache folder next', async () => {
    const assets = join(folder, 'assets');
    await addPrograms(assets, ['etcd', 'kube-apiserver']);
    await addPrograms(cached(), programs);
    expect(await provideControlPlane(setupWith({ KUBEBUILDER_ASSETS: assets }))).toEqual({
      etcd: join(assets, 'etcd'),
      'kube-apiserver': join(assets, 'kube-apiserver'),
      'kube-controller-manager': join(cached(), 'kube-controller-manager'),
      'kube-scheduler': join(cached(), 'kube-scheduler'),
      kwok: join(cached(), 'kwok'),
    });
    expect(notes).toEqual([]);
  });

  it('are not taken from KUBEBUILDER_ASSETS of another Kubernetes, and it is said why', async () => {
    const assets = join(folder, 'assets');
    await addPrograms(assets, ['etcd', 'kube-apiserver'], 'v1.30.0');
    await addPrograms(cached(), programs);
    const { etcd } = await provideControlPlane(setupWith({ KUBEBUILDER_ASSETS: assets }));
    expect(etcd).toBe(join(cached(), 'etcd'));
    expect(notes).toEqual(['KUBEBUILDER_ASSETS is not used: it has no kube-apiserver v1.36 (Kubernetes v1.30.0)']);
  });

  it.each([
    ['linux', 'etcd', ['download', 'Go build']],
    ['linux', 'kube-apiserver', ['download', 'Go build']],
    ['linux', 'kwok', ['download', 'Go build']],
    ['darwin', 'kube-apiserver', ['Go build']],
    ['darwin', 'kwok', ['download', 'Go build']],
  ] as const)('that are missing on %s: %s is made by %j', (os, program, expected) => {
    const setup = { ...setupWith({}), os };
    const ways = waysToMake(program, join(folder, program), { setup, downloader: createDownloader(setup) });
    expect(ways.map(({ name }) => name)).toEqual(expected);
  });

  it('are made once when two ask at once: the other waits and says for whom', async () => {
    const go = await makeFakeGo(folder);
    const setup = setupWith(go.environment);
    const both = Promise.all([provideControlPlane(setup), provideControlPlane(setup)]);
    const waits = `Waiting for process ${process.pid}, which is making the control plane's programs`;
    await eventually('one waits', () => notes.includes(waits));
    await go.goOn();
    const [one, other] = await both;
    expect(one).toEqual(Object.fromEntries(programs.map((program) => [program, join(cached(), program)])));
    expect(other).toEqual(one);
    expect(go.builds()).toHaveLength(programs.length);
    expect([...notes].sort()).toEqual([`Making ${programs.join(', ')} v1.36.3, once, in ${cached()}`, waits]);
    expect(await provideControlPlane(setup)).toEqual(one);
    expect(go.builds()).toHaveLength(programs.length);
  });
});
