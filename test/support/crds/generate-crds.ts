import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Setup } from '../../../cli/setup/local-setup.ts';
import { runProgram } from '../../../cli/setup/run-program.ts';
import type { Json } from '../../../shared/model/json.ts';
import { formatYaml, parseYaml } from '../../../shared/model/yaml.ts';

/** The module whose go.mod and go.sum pin the API types and controller-gen. */
export const goModule: string = join(import.meta.dirname, 'go');

/** A folder each, of what `generateCrds` makes. */
export type Edition = 'external-secrets' | 'external-secrets-v1beta1' | 'sealed-secrets';

const externalSecrets = 'github.com/external-secrets/external-secrets/apis';
const externalSecretsTypes = [
  `${externalSecrets}/externalsecrets/v1`,
  `${externalSecrets}/externalsecrets/v1beta1`,
  `${externalSecrets}/externalsecrets/v1alpha1`,
  `${externalSecrets}/generators/v1alpha1`,
];
const sealedSecretsTypes = ['github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1'];

/** Makes the CRDs of every edition from the published API types, with the options that the projects themselves use. */
export async function generateCrds(folder: string, setup: Setup): Promise<void> {
  const title = 'Making the CRDs of External Secrets and Sealed Secrets';
  const seconds = Math.ceil((40 * 2) / Math.max(1, availableParallelism()));
  await setup.progress.run({ title, seconds }, async () => {
    const folderOf = (edition: Edition): string => join(folder, edition);
    const both = folderOf('external-secrets-v1beta1');
    await runControllerGen(['crd', ...toOptions(externalSecretsTypes, both)], setup);
    const sealed = toOptions(sealedSecretsTypes, folderOf('sealed-secrets'));
    await runControllerGen(['crd:generateEmbeddedObjectMeta=true', ...sealed], setup);
    await copyWithoutV1beta1(both, folderOf('external-secrets'));
  });
}

function toOptions(types: readonly string[], folder: string): readonly string[] {
  return [...types.map((path) => `paths=${path}`), `output:crd:dir=${folder}`];
}

async function runControllerGen(args: readonly string[], setup: Setup): Promise<void> {
  const flags = `${setup.environment['GOFLAGS'] ?? ''} -buildvcs=false`.trim();
  await runProgram('go', ['tool', 'controller-gen', ...args], {
    environment: { ...setup.environment, CGO_ENABLED: '0', GOFLAGS: flags },
    folder: goModule,
    guarded: true,
  });
}

/** As later releases of External Secrets have it: v1beta1 is still declared, but not served. */
async function copyWithoutV1beta1(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    const crd = parseYaml(await readFile(join(from, name), 'utf8'), name) as unknown as Crd;
    await writeFile(join(to, name), formatYaml(withoutV1beta1(crd) as unknown as Json));
  }
}

type Version = { readonly name: string; readonly served: boolean; readonly deprecated?: boolean };
type Crd = { readonly spec: { readonly versions: readonly Version[] } };

function withoutV1beta1({ spec, ...rest }: Crd): Crd {
  const versions = spec.versions.map((version) =>
    version.name === 'v1beta1' ? { ...version, served: false, deprecated: true } : version,
  );
  return { ...rest, spec: { ...spec, versions } };
}
