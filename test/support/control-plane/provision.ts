import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDownloader, type Downloader } from '../../../cli/setup/download.ts';
import { firstWay, type Way } from '../../../cli/setup/first-way.ts';
import { buildGoProgram } from '../../../cli/setup/go-build.ts';
import { localSetup, type Setup } from '../../../cli/setup/local-setup.ts';
import { withLock } from '../../../cli/setup/lock.mjs';
import { isProgram, placeProgram } from '../../../cli/setup/place-program.ts';
import { runProgram } from '../../../cli/setup/run-program.ts';
import { etcdArchive, goPrograms, kubernetesVersion, officialDownload, type Program, programs } from './binaries.ts';

/** The path of every program of the control plane. */
export type Binaries = { readonly [program in Program]: string };

/**
 * Finds or makes the programs of the control plane: `KUBEBUILDER_ASSETS`, the user's cache folder, the official download, the Go
 * build, in this order. Two runs at once make them once; an interrupted run goes on where it stopped.
 */
export async function provideControlPlane(setup: Setup = localSetup()): Promise<Binaries> {
  const ready = await findAll(setup);
  if (ready.missing.length === 0) return ready.found as Binaries;
  const folder = cacheOf(setup);
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which is making the control plane's programs`);
  return withLock(`${folder}.lock`, waiting, async () => {
    const { found, missing } = await findAll(setup);
    if (missing.length > 0)
      setup.progress.note(`Making ${missing.join(', ')} ${kubernetesVersion}, once, in ${folder}`);
    const downloader = createDownloader(setup);
    const made: { [program in Program]?: string } = { ...found };
    for (const program of missing) made[program] = await makeProgram(program, setup, downloader);
    return made as Binaries;
  });
}

type Found = { readonly found: { readonly [program in Program]?: string }; readonly missing: readonly Program[] };

async function findAll(setup: Setup): Promise<Found> {
  const assets = await usableAssets(setup);
  const found: { [program in Program]?: string } = {};
  for (const program of programs) {
    for (const folder of [...assets, cacheOf(setup)]) {
      const path = join(folder, program);
      if (found[program] === undefined && (await isProgram(path))) found[program] = path;
    }
  }
  return { found, missing: programs.filter((program) => found[program] === undefined) };
}

/** `KUBEBUILDER_ASSETS`, if its API server is of our minor version; it usually has no controllers, which then come from elsewhere. */
async function usableAssets({ environment, progress }: Setup): Promise<readonly string[]> {
  const folder = environment['KUBEBUILDER_ASSETS'];
  if (!folder) return [];
  const wanted = kubernetesVersion.split('.').slice(0, 2).join('.');
  const version = await runProgram(join(folder, 'kube-apiserver'), ['--version'], { environment }).catch(String);
  if (version.includes(`${wanted}.`)) return [folder];
  progress.note(`KUBEBUILDER_ASSETS is not used: it has no kube-apiserver ${wanted} (${version})`);
  return [];
}

function cacheOf(setup: Setup): string {
  return join(setup.cache, 'control-plane', `${kubernetesVersion}-${setup.os}-${setup.arch}`);
}

function makeProgram(program: Program, setup: Setup, downloader: Downloader): Promise<string> {
  const target = join(cacheOf(setup), program);
  return firstWay(
    program,
    waysToMake(program, target, { setup, downloader }),
    'allow access to dl.k8s.io and github.com, or install Go ≥ 1.26, or point KUBEBUILDER_ASSETS and the cache folder to the programs',
  );
}

type Means = { readonly setup: Setup; readonly downloader: Downloader };

/** The ways to a program that is nowhere on the machine, best first. */
export function waysToMake(program: Program, target: string, { setup, downloader }: Means): readonly Way<string>[] {
  const build: Way<string> = { name: 'Go build', attempt: () => buildGoProgram(goPrograms[program], target, setup) };
  if (program === 'etcd')
    return [{ name: 'download', attempt: () => unpackEtcd(target, { setup, downloader }) }, build];
  const official = officialDownload(program, setup);
  if (official === undefined) return [build];
  const keep = async (): Promise<string> => {
    await downloader.download(official, `${target}.download`);
    return placeProgram(target, (draft) => rename(`${target}.download`, draft));
  };
  return [{ name: 'download', attempt: keep }, build];
}

/** bsdtar, which macOS calls tar, also opens its zip. */
async function unpackEtcd(target: string, { setup, downloader }: Means): Promise<string> {
  const archive = etcdArchive(setup);
  const file = join(dirname(target), archive.name);
  await downloader.download(archive, file);
  return placeProgram(target, async (draft) => {
    await runProgram('tar', ['-xf', file, '-C', dirname(draft), '--strip-components=1'], {
      environment: setup.environment,
    });
  });
}
