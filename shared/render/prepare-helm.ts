import { posix } from 'node:path';
import type { HelmOptions } from '../model/application.ts';
import type { JsonObject } from '../model/json.ts';
import { formatYaml } from '../model/yaml.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import { type BuildEnvironment, substituteVariables } from './build-environment.ts';
import { collectChartInputs } from './chart-inputs.ts';
import { helmArguments } from './helm-arguments.ts';
import type { ChartRepository } from './helm-home.ts';
import { type ChartPlace, type HelmFile, resolveFileParameter, resolveValueFiles } from './helm-value-files.ts';
import { keyOfFiles } from './input-files.ts';
import type { PreparedPart, RenderRequest } from './render-request.ts';
import { type HelmRun, runHelm } from './run-helm.ts';
import { inScratchFolder } from './scratch-folder.ts';

export type HelmInput = {
  readonly chart: { readonly tree: CommitTree; readonly folder: string };
  readonly refs: ReadonlyMap<string, CommitTree>;
  readonly options: HelmOptions;
  readonly environment: BuildEnvironment;
  readonly request: RenderRequest;
  readonly version: string;
};

type Slot = { readonly tree: CommitTree; readonly entries: TreeEntry[] };

/** Finds all that `helm template` reads for a chart: the chart, its value files and file parameters, and nothing else. */
export async function prepareHelm(input: HelmInput): Promise<PreparedPart> {
  const { chart, refs, environment, request, version } = input;
  const options = withVariables(input.options, environment);
  const place: ChartPlace = { chart, refs, environment };
  const [inputs, valueFiles, fileParameters] = await Promise.all([
    collectChartInputs(chart.tree, chart.folder),
    resolveValueFiles(options, place),
    Promise.all(
      options.fileParameters.map(async ({ name, path }) => ({ name, file: await resolveFileParameter(path, place) })),
    ),
  ]);
  const slots = toSlots({ tree: chart.tree, entries: [...inputs.entries] }, [
    ...valueFiles,
    ...fileParameters.map(({ file }) => file),
  ]);
  const values = valuesText(options);
  const toArgument = (file: HelmFile): string => argumentFor(file, slots, chart.folder);
  const { application, capabilities } = request;
  const release = options.releaseName ?? application.name;
  const args = helmArguments({
    release,
    namespace: options.namespace ?? application.destination.namespace,
    options,
    capabilities,
    valueFiles: [
      ...valueFiles.map(toArgument),
      ...(values === undefined ? [] : [fromChart(chart.folder, 'values.yaml')]),
    ],
    fileParameters: fileParameters.map(({ name, file }) => ({ name, path: toArgument(file) })),
  });
  const run: HelmRun = {
    what: `helm chart ${chart.folder === '' ? 'in the root folder' : chart.folder} (release ${release})`,
    trees: slots.map(({ tree, entries }) => ({ tree, paths: entries.map(({ path }) => path) })),
    folder: chart.folder,
    args,
    values,
    repositories: await toRepositories(inputs.repositories, input),
    isLocked: inputs.isLocked,
  };
  return {
    key: keyFor(run, slots, version),
    render: ({ scratch, runner }) => inScratchFolder(scratch, (folder) => runHelm(run, folder, runner)),
  };
}

/** The arguments hold every option, capabilities and build variables that are used included. */
function keyFor({ args, values, folder }: HelmRun, slots: readonly Slot[], version: string): JsonObject {
  return {
    tool: 'helm',
    version,
    folder,
    args,
    values,
    files: slots.map(({ entries }) => keyOfFiles(sorted(entries))),
  };
}

/** The chart's own tree comes first; files of the same commit come to lie in it. */
function toSlots(own: Slot, files: readonly HelmFile[]): readonly Slot[] {
  const slots = [own];
  for (const { tree, found } of files) {
    const slot = slots.find((each) => isSameTree(each.tree, tree)) ?? { tree, entries: [] };
    if (!slots.includes(slot)) slots.push(slot);
    const known = new Set(slot.entries.map(({ path }) => path));
    slot.entries.push(...[found.entry, ...found.links].filter(({ path }) => !known.has(path)));
  }
  return slots;
}

function argumentFor({ tree, found }: HelmFile, slots: readonly Slot[], folder: string): string {
  const slot = slots.findIndex((each) => isSameTree(each.tree, tree));
  return fromChart(folder, `${slot}/${found.path}`);
}

/** A path below the scratch folder's files, as seen from the chart's folder; `./` keeps it from being a flag or standard input. */
function fromChart(folder: string, path: string): string {
  return `./${posix.relative(posix.join('/0', folder), `/${path}`)}`;
}

function isSameTree(left: CommitTree, right: CommitTree): boolean {
  return left === right || (left.repoURL === right.repoURL && left.commit.sha === right.commit.sha);
}

function withVariables(options: HelmOptions, environment: BuildEnvironment): HelmOptions {
  const parameters = options.parameters.map((each) => ({
    ...each,
    value: substituteVariables(each.value, environment),
  }));
  return { ...options, parameters };
}

/** `valuesObject` takes the place of `values` completely. */
function valuesText({ values, valuesObject }: HelmOptions): string | undefined {
  if (valuesObject !== undefined) return formatYaml(valuesObject);
  return values === '' ? undefined : values;
}

function toRepositories(urls: readonly string[], { request, options }: HelmInput): Promise<readonly ChartRepository[]> {
  const remote = urls.filter((url) => /^(?:https?|oci):\/\//.test(url));
  return Promise.all(
    remote.map(async (url, index) => ({
      name: `dependency-${index}`,
      url,
      credentials: await request.chartCredentials?.(url),
      passCredentials: options.passCredentials,
    })),
  );
}

function sorted(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
}
