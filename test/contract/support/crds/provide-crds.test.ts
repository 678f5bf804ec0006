import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Environment, Setup } from '../../../../cli/setup/local-setup.ts';
import { silentProgress } from '../../../../cli/setup/progress.ts';
import type { Json } from '../../../../shared/model/json.ts';
import { parseYaml } from '../../../../shared/model/yaml.ts';
import { provideCrds } from '../../../support/crds/provide-crds.ts';

// Writes one CRD wherever controller-gen would write its own, and counts.
const script = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> "$FAKE_GO/runs"
for each in "$@"; do case $each in output:crd:dir=*) target=\${each#output:crd:dir=};; esac; done
if [ -e "$FAKE_GO/fails" ]; then echo no such module >&2; exit 1; fi
mkdir -p "$target"
cat > "$target/gauges.yaml" <<'END'
kind: CustomResourceDefinition
spec:
  versions:
  - {name: v1, served: true}
  - {name: v1beta1, served: true}
END
`;

let folder: string;
let environment: Environment;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-crds-'));
  const go = join(folder, 'go');
  await mkdir(go);
  await writeFile(join(go, 'go'), script);
  await chmod(join(go, 'go'), 0o755);
  environment = { PATH: go, FAKE_GO: go };
});
afterEach(() => rm(folder, { recursive: true }));

const setupWith = (more: Environment = {}): Setup => ({
  environment: { ...environment, ...more },
  cache: join(folder, 'cache'),
  os: 'linux',
  arch: 'amd64',
  progress: silentProgress,
});

const runs = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'go', 'runs'), 'utf8')).trim().split('\n');

const readCrd = async (files: readonly string[]): Promise<Json> =>
  parseYaml(await readFile(files[0] ?? '', 'utf8'), 'the CRD');

describe('CRDs for tests', () => {
  it('are made from the types of every version, and kept in a folder named by the versions', async () => {
    const { externalSecretsV1beta1, sealedSecrets } = await provideCrds(setupWith());
    const [external, sealed] = await runs();
    expect(external).toMatch(
      /^tool controller-gen crd .*externalsecrets\/v1 .*externalsecrets\/v1beta1 .*generators\//,
    );
    expect(sealed).toContain('sealedsecrets/v1alpha1');
    expect([...externalSecretsV1beta1, ...sealedSecrets].map((file) => basename(file))).toEqual([
      'gauges.yaml',
      'gauges.yaml',
    ]);
    const kept = dirname(dirname(sealedSecrets[0] ?? ''));
    expect(basename(kept)).toMatch(/^external-secrets-v[\d.]+-sealed-secrets-v[\d.]+-controller-tools-v[\d.]+$/);
  });

  it('come in an edition that serves v1beta1, and in one that does not', async () => {
    const { externalSecrets, externalSecretsV1beta1 } = await provideCrds(setupWith());
    expect(await readCrd(externalSecretsV1beta1)).toMatchObject({ spec: { versions: [{}, { served: true }] } });
    expect(await readCrd(externalSecrets)).toEqual({
      kind: 'CustomResourceDefinition',
      spec: {
        versions: [
          { name: 'v1', served: true },
          { name: 'v1beta1', served: false, deprecated: true },
        ],
      },
    });
  });

  it('are made once, even for two runs at once, and need no Go from then on', async () => {
    const [one, two] = await Promise.all([provideCrds(setupWith()), provideCrds(setupWith())]);
    expect(two).toEqual(one);
    expect(await runs()).toHaveLength(2);
    expect(await provideCrds(setupWith({ PATH: '' }))).toEqual(one);
  });

  it('are not there at all after a failure, which says what Go said', async () => {
    await writeFile(join(folder, 'go', 'fails'), '');
    await expect(provideCrds(setupWith())).rejects.toThrow('no such module');
    expect(await readdir(join(folder, 'cache', 'crds'))).toEqual([]);
    await rm(join(folder, 'go', 'fails'));
    expect((await provideCrds(setupWith())).sealedSecrets).toHaveLength(1);
  });
});
