import { GitError } from '../errors.ts';
import type { Source } from '../model/application.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { ResolvedSource } from '../model/revision.ts';
import type { CommitTree } from '../ports.ts';
import { type BuildEnvironment, buildEnvironment } from './build-environment.ts';
import { digestOf } from './canonical-render.ts';
import { detectTool, type Tool } from './detect-tool.ts';
import { type Located, locate } from './locate.ts';
import { withOverrideFiles } from './override-files.ts';
import { prepareChart } from './prepare-chart.ts';
import { prepareDirectory } from './prepare-directory.ts';
import { prepareHelm } from './prepare-helm.ts';
import { prepareKustomize } from './prepare-kustomize.ts';
import type { PreparedPart, PreparedRender, RenderPorts, RenderRequest } from './render-request.ts';
import { noDirectoryOptions, noHelmOptions, noKustomizeOptions } from './source-options.ts';

/** Raised whenever equal inputs may give another render than before. */
const keyFormat = 1;

type Opened = { readonly source: Source; readonly tree?: CommitTree };
type Part = { readonly prepared: PreparedPart; readonly resolved: ResolvedSource };
type Context = {
  readonly request: RenderRequest;
  readonly ports: RenderPorts;
  readonly refs: ReadonlyMap<string, CommitTree>;
  readonly versions: Versions;
};
type Versions = { readonly helm: string; readonly kustomize: string };
type GitSource = {
  readonly source: Source;
  readonly tree: CommitTree;
  readonly folder: string;
  readonly environment: BuildEnvironment;
};

/**
 * Resolves and reads all sources of an application, and says by a key what its render depends on: tool versions, options and
 * object ids of every file that a tool can read, but not the commit. No tool runs; charts of registries are pulled.
 */
export async function prepareRender(request: RenderRequest, ports: RenderPorts): Promise<PreparedRender> {
  const { sources } = request.application;
  const opened = await openSources(sources, request, ports);
  const refs = new Map(
    opened.flatMap(({ source, tree }) => (source.ref === undefined || tree === undefined ? [] : [[source.ref, tree]])),
  );
  const context: Context = { request, ports, refs, versions: await ports.runner.versions() };
  const parts = await Promise.all(opened.map((each) => prepareSource(each, context)));
  const prepared = parts.flatMap((part) => ('prepared' in part ? [part.prepared] : []));
  return {
    inputKey: digestOf({ format: keyFormat, sources: prepared.map(({ key }) => key) }),
    sources: parts.map(({ resolved }) => resolved),
    parts: prepared,
  };
}

/** One commit is opened once, however many sources name it. */
async function openSources(
  sources: readonly Source[],
  { resolve }: RenderRequest,
  { git }: RenderPorts,
): Promise<readonly Opened[]> {
  const trees = new Map<string, Promise<CommitTree>>();
  return Promise.all(
    sources.map(async (source) => {
      if (source.chart !== undefined) return { source };
      const { repoURL, ...wanted } = await resolve(source);
      const key = `${repoURL} ${wanted.sha}`;
      const tree = trees.get(key) ?? git.openCommit(repoURL, wanted);
      trees.set(key, tree);
      return { source, tree: await tree };
    }),
  );
}

async function prepareSource(
  { source, tree }: Opened,
  context: Context,
): Promise<Part | { readonly resolved: ResolvedSource }> {
  const { request, ports, versions, refs } = context;
  const { application, capabilities } = request;
  if (tree === undefined) return prepareChart(source, { request, ports, refs, version: versions.helm });
  const { repoURL, path } = source;
  const resolved: ResolvedSource = {
    repoURL: withoutUserinfo(repoURL),
    revision: tree.commit.sha,
    commit: tree.commit,
    ...(path === undefined ? {} : { path }),
  };
  if (source.ref !== undefined && path === undefined) return { resolved };
  const { path: folder } = await findFolder(tree, path ?? '');
  const names = (await tree.list(folder)).map((entry) => entry.path.slice(entry.path.lastIndexOf('/') + 1));
  const merged = await withOverrideFiles(source, { tree, folder, names }, application.name);
  const environment = buildEnvironment(application, { source, revision: tree.commit.sha }, capabilities);
  const prepared = await preparations[detectTool(merged, names)](
    { source: merged, tree, folder, environment },
    context,
  );
  return { resolved, prepared };
}

const preparations: { readonly [tool in Tool]: (git: GitSource, context: Context) => Promise<PreparedPart> } = {
  directory: ({ source, tree, folder }) =>
    prepareDirectory({ tree, folder, options: source.directory ?? noDirectoryOptions }),
  kustomize: ({ source, tree, folder, environment }, { versions }) =>
    prepareKustomize({
      tree,
      folder,
      environment,
      options: source.kustomize ?? noKustomizeOptions,
      version: versions.kustomize,
    }),
  helm: ({ source, tree, folder, environment }, { request, refs, versions }) =>
    prepareHelm({
      chart: { tree, folder },
      refs,
      options: source.helm ?? noHelmOptions,
      environment,
      request,
      version: versions.helm,
    }),
};

async function findFolder(tree: CommitTree, path: string): Promise<Located> {
  const found = await locate(tree, path);
  if (found?.entry.type === 'folder') return found;
  const commit = tree.commit.sha.slice(0, 12);
  const reason = found === undefined ? 'does not exist' : 'is not a folder';
  throw new GitError('git-path-unknown', `the path ${path} ${reason} in commit ${commit} of ${tree.repoURL}`, {
    object: tree.repoURL,
    hint: "correct the source's path, or push the folder",
  });
}
