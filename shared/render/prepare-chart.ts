import { createHash } from 'node:crypto';
import { RenderError } from '../errors.ts';
import type { Source } from '../model/application.ts';
import { isJsonObject } from '../model/json.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { ResolvedSource } from '../model/revision.ts';
import { parseYaml } from '../model/yaml.ts';
import type { CommitTree } from '../ports.ts';
import { ArchiveTree } from './archive-tree.ts';
import { buildEnvironment } from './build-environment.ts';
import { readChartArchive } from './chart-archive.ts';
import { prepareHelm } from './prepare-helm.ts';
import { pullChart } from './pull-chart.ts';
import type { PreparedPart, RenderPorts, RenderRequest } from './render-request.ts';
import { noHelmOptions } from './source-options.ts';

type Context = {
  readonly request: RenderRequest;
  readonly ports: RenderPorts;
  readonly refs: ReadonlyMap<string, CommitTree>;
  /** Of helm. */
  readonly version: string;
};

/** Pulls the chart of a Helm repository or an OCI registry, checks its archive, and prepares it like a chart in Git. */
export async function prepareChart(
  source: Source,
  { request, ports, refs, version: helmVersion }: Context,
): Promise<{ readonly resolved: ResolvedSource; readonly prepared: PreparedPart }> {
  const { repoURL, chart = '', targetRevision } = source;
  const options = source.helm ?? noHelmOptions;
  const credentials = await request.chartCredentials?.(repoURL);
  const { passCredentials } = options;
  const archive = await pullChart({ repoURL, chart, version: targetRevision, credentials, passCredentials }, ports);
  const digest = createHash('sha256').update(archive).digest('hex');
  const shown = `${chart} ${targetRevision} of ${withoutUserinfo(repoURL)}`;
  const tree = new ArchiveTree(withoutUserinfo(repoURL), digest, await readChartArchive(shown, archive));
  const { folder, version } = await findChart(tree, shown);
  const environment = buildEnvironment(request.application, { source, revision: version }, request.capabilities);
  const prepared = await prepareHelm({
    chart: { tree, folder },
    refs,
    options,
    environment,
    request,
    version: helmVersion,
  });
  return {
    resolved: { repoURL: withoutUserinfo(repoURL), revision: version, chart, digest },
    prepared: { ...prepared, key: { ...prepared.key, chart, chartVersion: version, digest } },
  };
}

/** An archive holds one folder, named after the chart. */
async function findChart(
  tree: CommitTree,
  shown: string,
): Promise<{ readonly folder: string; readonly version: string }> {
  const folders = (await tree.list('')).filter(({ type }) => type === 'folder');
  const folder = folders[0]?.path ?? '';
  const file = `${folder}/Chart.yaml`;
  const content =
    (await tree.entryAt(file)) && parseYaml(new TextDecoder().decode(await tree.read(file)), `${shown}: ${file}`);
  if (folders.length === 1 && isJsonObject(content) && typeof content['version'] === 'string')
    return { folder, version: content['version'] };
  throw new RenderError('render-refused', `the archive of ${shown} is no chart: it has no ${file} with a version`, {
    object: shown,
  });
}
