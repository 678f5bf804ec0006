import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RenderError } from '../errors.ts';
import type { KustomizeOptions } from '../model/application.ts';
import type { JsonObject } from '../model/json.ts';
import { formatYaml, parseManifests } from '../model/yaml.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import type { BuildEnvironment } from './build-environment.ts';
import { editKustomization, isUnedited } from './edit-kustomization.ts';
import { keyOfFiles } from './input-files.ts';
import { collectKustomizeInputs, readKustomization } from './kustomize-inputs.ts';
import { locate } from './locate.ts';
import type { PreparedPart, RenderedPart, RenderPorts } from './render-request.ts';
import { inScratchFolder } from './scratch-folder.ts';
import { toolFailure } from './tool-failure.ts';
import { toolLimits } from './tool-limits.ts';

type KustomizeInput = {
  readonly tree: CommitTree;
  readonly folder: string;
  readonly options: KustomizeOptions;
  readonly environment: BuildEnvironment;
  readonly version: string;
};

type Build = {
  readonly tree: CommitTree;
  readonly folder: string;
  readonly inputs: readonly TreeEntry[];
  /** The kustomization with the Application's overrides in it, and where it goes. */
  readonly edited: { readonly file: string; readonly content: JsonObject } | undefined;
};

/** Finds all that `kustomize build` of a folder reads; only that is laid out for it, with the Application's overrides written in. */
export async function prepareKustomize({
  tree,
  folder,
  options,
  environment,
  version,
}: KustomizeInput): Promise<PreparedPart> {
  const read = await readKustomization(tree, folder);
  if (read === undefined) throw noKustomization(folder);
  const components = options.ignoreMissingComponents
    ? await presentIn(tree, folder, options.components)
    : options.components;
  const content = editKustomization(read.content, { ...options, components }, environment);
  const edited = isUnedited({ ...options, components }) ? undefined : { file: read.file, content };
  const inputs = await collectKustomizeInputs(tree, folder, edited?.content);
  return {
    key: { tool: 'kustomize', version, folder, files: keyOfFiles(inputs), edited: edited?.content },
    render: (ports) =>
      inScratchFolder(ports.scratch, (scratch) => runKustomize({ tree, folder, inputs, edited }, scratch, ports)),
  };
}

async function runKustomize(
  { tree, folder, inputs, edited }: Build,
  scratch: { readonly home: string; readonly files: string },
  { runner }: RenderPorts,
): Promise<RenderedPart> {
  await tree.checkout(
    inputs.map(({ path }) => path),
    scratch.files,
  );
  if (edited !== undefined) await replaceFile(join(scratch.files, edited.file), formatYaml(edited.content));
  const result = await runner.run({
    program: 'kustomize',
    args: ['.'],
    folder: join(scratch.files, folder),
    home: scratch.home,
    network: false,
    ...toolLimits,
  });
  const what = `kustomize build of ${folder === '' ? 'the root folder' : folder}`;
  if (result.exitCode !== 0) throw toolFailure({ what, hide: [scratch.files, scratch.home] }, result);
  const warnings = result.stderr.split('\n').filter((line) => line.trim() !== '');
  return {
    manifests: parseManifests(result.stdout, `output of ${what}`),
    warnings: warnings.map((line) => `kustomize: ${line}`),
  };
}

/** Never through a link, which may lead to a file that others use as well. */
async function replaceFile(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { flag: 'wx' });
}

async function presentIn(tree: CommitTree, folder: string, paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map((path) => locate(tree, folder === '' ? path : `${folder}/${path}`)));
  return paths.filter((_, index) => found[index] !== undefined);
}

function noKustomization(folder: string): RenderError {
  return new RenderError(
    'render-refused',
    `${folder === '' ? 'the root folder' : folder}: there is no kustomization.yaml`,
    {
      object: folder,
      hint: 'add one, or leave the kustomize options out of the Application',
    },
  );
}
