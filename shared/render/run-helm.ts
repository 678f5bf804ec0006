import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifests } from '../model/yaml.ts';
import type { CommandResult, CommandRunner, CommitTree } from '../ports.ts';
import { type ChartRepository, plainHttpFor, writeHelmHome } from './helm-home.ts';
import type { RenderedPart } from './render-request.ts';
import type { ScratchFolder } from './scratch-folder.ts';
import { toolFailure } from './tool-failure.ts';
import { toolLimits } from './tool-limits.ts';

/** What helm is given. Each tree's files come to lie in a folder of their own, named by its place in the list. */
export type HelmRun = {
  readonly what: string;
  readonly trees: readonly { readonly tree: CommitTree; readonly paths: readonly string[] }[];
  /** From the first tree's root. */
  readonly folder: string;
  readonly args: readonly string[];
  /** Text of `values.yaml` beside the trees, where the Application has values of its own. */
  readonly values: string | undefined;
  readonly repositories: readonly ChartRepository[];
  readonly isLocked: boolean;
};

/**
 * Runs `helm template` without network; only where dependencies are missing they are built, with network, and it is run again.
 */
export async function runHelm(run: HelmRun, scratch: ScratchFolder, runner: CommandRunner): Promise<RenderedPart> {
  for (const [index, { tree, paths }] of run.trees.entries())
    await tree.checkout(paths, join(scratch.files, String(index)));
  if (run.values !== undefined) await writeFile(join(scratch.files, 'values.yaml'), run.values);
  const call = (args: readonly string[], network: boolean): Promise<CommandResult> =>
    runner.run({
      program: 'helm',
      args,
      folder: join(scratch.files, '0', run.folder),
      home: scratch.home,
      network,
      ...toolLimits,
    });
  const first = await call(run.args, false);
  if (!lacksDependencies(first)) return toPart(run, scratch, first);
  await writeHelmHome(scratch.home, run.repositories);
  const plain = plainHttpFor(run.repositories.map(({ url }) => url));
  const built = await call(['dependency', 'build', ...plain], true);
  if (built.exitCode !== 0) throw failure({ ...run, what: `helm dependency build for ${run.what}` }, scratch, built);
  const part = toPart(run, scratch, await call(run.args, false));
  return run.isLocked || run.repositories.length === 0
    ? part
    : { ...part, warnings: [...part.warnings, unlocked(run)] };
}

function toPart(run: HelmRun, scratch: ScratchFolder, result: CommandResult): RenderedPart {
  if (result.exitCode !== 0) throw failure(run, scratch, result);
  const warnings = result.stderr.split('\n').filter((line) => line.trim() !== '');
  const origin = (line: number): string => `${run.what}, ${templateAt(result.stdout, line)}`;
  return { manifests: parseManifests(result.stdout, origin), warnings: warnings.map((line) => `${run.what}: ${line}`) };
}

/** Helm writes above each document which template it comes from. */
function templateAt(output: string, line: number): string {
  const lines = output.split('\n');
  const start = lines.findLastIndex((text, index) => index <= line && text.startsWith('# Source: '));
  return start === -1 ? `line ${line} of the output` : (lines[start] ?? '').slice('# Source: '.length);
}

function lacksDependencies({ exitCode, stderr }: CommandResult): boolean {
  return exitCode !== 0 && /missing in charts\/? directory|helm dependency build/.test(stderr);
}

function failure(run: HelmRun, { files, home }: ScratchFolder, result: CommandResult): Error {
  return toolFailure(
    { what: run.what, hide: [...run.trees.map((_, index) => join(files, String(index))), files, home] },
    result,
  );
}

function unlocked({ what }: HelmRun): string {
  return `${what}: its dependencies are not pinned by a Chart.lock; newer ones come only when the chart itself changes`;
}
