import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localSetup, type Setup } from '../../../cli/setup/local-setup.ts';
import { withLock } from '../../../cli/setup/lock.mjs';
import { placeProgram } from '../../../cli/setup/place-program.ts';
import { type Edition, generateCrds, goModule } from './generate-crds.ts';

/** YAML files, a CustomResourceDefinition each, of the controllers that Plumbline stands in for. */
export type CrdFolder = {
  /** As later releases of External Secrets serve them: v1, and v1beta1 no more. */
  readonly externalSecrets: readonly string[];
  /** External Secrets 0.16: v1 and v1beta1 are served. */
  readonly externalSecretsV1beta1: readonly string[];
  readonly sealedSecrets: readonly string[];
};

/**
 * Finds or makes the real CRDs of External Secrets and Sealed Secrets in the user's cache folder. Two runs at once make them
 * once; an interrupted run leaves none, and the next one starts again.
 */
export async function provideCrds(setup: Setup = localSetup()): Promise<CrdFolder> {
  const folder = join(setup.cache, 'crds', await readVersions());
  const ready = await findCrds(folder);
  if (ready !== undefined) return ready;
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which is making the CRDs`);
  return withLock(`${folder}.lock`, waiting, async () => {
    const now = await findCrds(folder);
    if (now !== undefined) return now;
    await placeProgram(folder, (draft) => generateCrds(draft, setup));
    const made = await findCrds(folder);
    if (made === undefined) throw new Error(`The CRDs are not in ${folder}, though they were just made`);
    return made;
  });
}

async function findCrds(folder: string): Promise<CrdFolder | undefined> {
  try {
    return {
      externalSecrets: await listFiles(folder, 'external-secrets'),
      externalSecretsV1beta1: await listFiles(folder, 'external-secrets-v1beta1'),
      sealedSecrets: await listFiles(folder, 'sealed-secrets'),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function listFiles(folder: string, edition: Edition): Promise<readonly string[]> {
  const names = await readdir(join(folder, edition));
  return names.sort().map((name) => join(folder, edition, name));
}

const named = ['external-secrets/external-secrets', 'bitnami-labs/sealed-secrets', 'controller-tools'];

/** The pinned versions, as a folder's name. */
async function readVersions(): Promise<string> {
  const text = await readFile(join(goModule, 'go.mod'), 'utf8');
  return named.map((module) => `${module.split('/').at(-1)}-${versionIn(text, module)}`).join('-');
}

function versionIn(goMod: string, module: string): string {
  const line = goMod.split('\n').find((each) => each.includes(`${module} v`));
  const version = line?.trim().split(' ')[1];
  if (version === undefined) throw new Error(`${join(goModule, 'go.mod')} has no version of ${module}`);
  return version;
}
