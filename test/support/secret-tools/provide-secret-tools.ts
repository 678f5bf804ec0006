import { join } from 'node:path';
import { buildGoProgram, type GoProgram } from '../../../cli/setup/go-build.ts';
import { localSetup, type Setup } from '../../../cli/setup/local-setup.ts';
import { withLock } from '../../../cli/setup/lock.mjs';
import { isProgram } from '../../../cli/setup/place-program.ts';

type Tool = { readonly name: string; readonly version: string; readonly program: GoProgram };

const kubeseal: Tool = {
  name: 'kubeseal',
  version: 'v0.27.1',
  program: { source: 'github.com/bitnami-labs/sealed-secrets/cmd/kubeseal@v0.27.1', seconds: 60 },
};
const sops: Tool = {
  name: 'sops',
  version: 'v3.13.3',
  program: { source: 'github.com/getsops/sops/v3/cmd/sops@v3.13.3', seconds: 90 },
};

/** The path of the real kubeseal, built once into the user's cache folder. */
export async function provideKubeseal(setup: Setup = localSetup()): Promise<string> {
  return await provide(kubeseal, setup);
}

/** The path of the real sops, built once into the user's cache folder. */
export async function provideSops(setup: Setup = localSetup()): Promise<string> {
  return await provide(sops, setup);
}

async function provide({ name, version, program }: Tool, setup: Setup): Promise<string> {
  const target = join(setup.cache, 'tools', `${name}-${version}-${setup.os}-${setup.arch}`, name);
  if (await isProgram(target)) return target;
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which is building ${name}`);
  return withLock(`${target}.lock`, waiting, async () =>
    (await isProgram(target)) ? target : buildGoProgram(program, target, setup),
  );
}
