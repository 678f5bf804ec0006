import { RenderError } from '../errors.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import { parseYaml } from '../model/yaml.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import { closeOverLinks } from './input-files.ts';
import { locate } from './locate.ts';

/** Where a chart's dependencies come from: `https://…`, `oci://…`, `@name`, or empty for its own charts/ folder. */
export type ChartInputs = {
  readonly entries: readonly TreeEntry[];
  readonly repositories: readonly string[];
  readonly isLocked: boolean;
};

/** All that helm can read of a chart in Git: its folder, the charts that it names by `file://`, and what links in them lead to. */
export async function collectChartInputs(tree: CommitTree, folder: string): Promise<ChartInputs> {
  const folders = new Map<string, TreeEntry>();
  const repositories = new Set<string>();
  await visitChart(folder);
  const isLocked = (await fileOf(tree, folder, 'Chart.lock')) !== undefined;
  return {
    entries: await closeOverLinks(tree, [...folders.values()]),
    repositories: [...repositories].sort(),
    isLocked,
  };

  async function visitChart(path: string): Promise<void> {
    const found = await locate(tree, path);
    if (found?.entry.type !== 'folder')
      throw refused(path, `the chart ${path} that is named by file:// does not exist`);
    if (folders.has(found.path)) return;
    folders.set(found.path, found.entry);
    for (const link of found.links) folders.set(link.path, link);
    for (const repository of await dependenciesOf(tree, found.path)) {
      if (repository.startsWith('file://')) await visitChart(join(found.path, repository.slice('file://'.length)));
      else repositories.add(repository);
    }
  }
}

async function dependenciesOf(tree: CommitTree, folder: string): Promise<readonly string[]> {
  const files = ['Chart.yaml', 'requirements.yaml'];
  const contents = await Promise.all(files.map((name) => fileOf(tree, folder, name)));
  return contents.flatMap((content) => {
    const dependencies = isJsonObject(content) && Array.isArray(content['dependencies']) ? content['dependencies'] : [];
    return dependencies
      .filter(isJsonObject)
      .flatMap(({ repository }) => (typeof repository === 'string' ? [repository] : []));
  });
}

async function fileOf(tree: CommitTree, folder: string, name: string): Promise<Json | undefined> {
  const found = await locate(tree, join(folder, name));
  if (found?.entry.type !== 'file') return undefined;
  return parseYaml(new TextDecoder().decode(await tree.read(found.path)), join(folder, name));
}

function join(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

function refused(path: string, reason: string): RenderError {
  return new RenderError('render-refused', reason, {
    object: path,
    hint: "correct the dependencies in the chart's Chart.yaml",
  });
}
