import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstWay } from '../../../../cli/setup/first-way.ts';
import type { Setup } from '../../../../cli/setup/local-setup.ts';
import { silentProgress } from '../../../../cli/setup/progress.ts';
import { provideTools, waysToHelm, waysToKustomize } from '../../../../cli/setup/provide-tools.ts';
import { eventually } from '../../../support/eventually.ts';
import { makeFakeGo } from '../../../support/fake-go.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A machine that the npm package has no programs for, and whose PATH has nothing but what the test puts there. */
const mac = (): Setup => ({
  environment: { PATH: folder },
  cache: join(folder, 'cache'),
  os: 'darwin',
  arch: 'arm64',
  progress: silentProgress,
});

async function addProgram(name: string, answer: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\necho '${answer}'\n`);
  await chmod(join(folder, name), 0o755);
}

const kubectl = (git: string, kustomize: string): string =>
  JSON.stringify({ clientVersion: { gitVersion: git }, kustomizeVersion: kustomize });

describe('helm and kustomize', () => {
  it('come from PATH where the npm package has none, with absolute paths and versions', async () => {
    await addProgram('helm', 'v4.2.0');
    await addProgram('kubectl', kubectl('v1.36.0', 'v5.8.0'));
    expect(await firstWay('helm', waysToHelm(folder, mac()), '')).toEqual({
      helm: join(folder, 'helm'),
      versions: { helm: 'v4.2.0' },
    });
    expect(await firstWay('kustomize', waysToKustomize(folder, mac()), '')).toEqual({
      kustomize: { path: join(folder, 'kubectl'), args: ['kustomize'] },
      kubectl: join(folder, 'kubectl'),
      versions: { kustomize: 'v5.8.0' },
    });
  });

  it('a kustomize of its own stands in for a kubectl that is too old', async () => {
    await addProgram('kubectl', kubectl('v1.20.0', 'v2.0.3'));
    await addProgram('kustomize', 'v5.7.1');
    expect(await firstWay('kustomize', waysToKustomize(folder, mac()), '')).toEqual({
      kustomize: { path: join(folder, 'kustomize'), args: ['build'] },
      versions: { kustomize: 'v5.7.1' },
    });
  });

  it('when there is no way, every way is named with its reason', async () => {
    await addProgram('helm', 'v3.1.0');
    await expect(firstWay('helm', waysToHelm(folder, mac()), 'install helm')).rejects.toThrow(
      /npm package: .* Linux x86_64 only\n {2}- PATH: .*helm is v3\.1\.0; .*\n {2}- Go build: there is no program go$/,
    );
  });

  it('come from PATH where the npm package is not installed, on the platform it has programs for', async () => {
    await addProgram('helm', 'v4.2.0');
    await addProgram('kubectl', kubectl('v1.36.0', 'v5.8.0'));
    expect(await provideTools({ ...mac(), os: 'linux', arch: 'amd64' })).toEqual({
      helm: join(folder, 'helm'),
      kustomize: { path: join(folder, 'kubectl'), args: ['kustomize'] },
      kubectl: join(folder, 'kubectl'),
      versions: { helm: 'v4.2.0', kustomize: 'v5.8.0' },
    });
  });

  it('are built once when two ask at once: the other waits and says for whom', async () => {
    const go = await makeFakeGo(folder);
    const notes: string[] = [];
    const setup: Setup = {
      ...mac(),
      environment: go.environment,
      progress: { ...silentProgress, note: (text) => notes.push(text) },
    };
    const both = Promise.all([provideTools(setup), provideTools(setup)]);
    await eventually('one waits', () => notes.length > 0);
    await go.goOn();
    const [one, other] = await both;
    const made = join(folder, 'cache', 'tools', 'helm-v4.1.4-kustomize-v5.7.1-darwin-arm64');
    expect(one).toEqual({
      helm: join(made, 'helm'),
      kustomize: { path: join(made, 'kustomize'), args: ['build'] },
      versions: { helm: 'v4.1.4', kustomize: 'v5.7.1' },
    });
    expect(other).toEqual(one);
    expect(go.builds()).toEqual(['helm.sh/helm/v4/cmd/helm@v4.1.4', 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1']);
    expect(notes).toEqual([`Waiting for process ${process.pid}, which is getting helm and kubectl ready`]);
  });
});
