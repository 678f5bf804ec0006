import type { Source } from '../model/application.ts';
import { parseYaml } from '../model/yaml.ts';
import type { CommitTree } from '../ports.ts';
import { overrideSource } from './source-options.ts';

/** The source with `.argocd-source.yaml`, and then `.argocd-source-<application>.yaml`, of its folder merged over it. */
export async function withOverrideFiles(
  source: Source,
  { tree, folder, names }: { readonly tree: CommitTree; readonly folder: string; readonly names: readonly string[] },
  application: string,
): Promise<Source> {
  let merged = source;
  for (const name of ['.argocd-source.yaml', `.argocd-source-${application}.yaml`].filter((file) =>
    names.includes(file),
  )) {
    const file = folder === '' ? name : `${folder}/${name}`;
    const text = new TextDecoder().decode(await tree.read(file));
    merged = overrideSource(merged, parseYaml(text, file), file);
  }
  return merged;
}
