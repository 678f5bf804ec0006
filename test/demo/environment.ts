import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Tools } from '../../cli/setup/provide-tools.ts';
import { runProgram } from '../../cli/setup/run-program.ts';
import type { Manifest } from '../../shared/model/manifest.ts';

/** One of the three places that Kotaemon runs in. */
export type Environment = {
  readonly name: 'dev' | 'staging' | 'prod';
  readonly branch: string;
  readonly application: string;
  readonly namespace: string;
};

const environment = (name: Environment['name'], branch: string): Environment => ({
  name,
  branch,
  application: `kotaemon-${name}`,
  namespace: `kotaemon-${name}`,
});

export const dev: Environment = environment('dev', 'dev');
export const staging: Environment = environment('staging', 'staging');
export const prod: Environment = environment('prod', 'main');
export const environments: readonly Environment[] = [dev, staging, prod];

export type RenderTools = Pick<Tools, 'helm' | 'kustomize' | 'kubectl'>;

/** What kustomize and helm, called by hand, make of a checkout: what the cluster must come to. */
export async function renderByHand(
  { name, namespace }: Environment,
  folder: string,
  tools: RenderTools,
): Promise<readonly Manifest[]> {
  const overlay = join(folder, 'overlays', name);
  const run = { environment: { HOME: folder }, folder };
  const chart = [
    join(folder, 'charts/redis'),
    '--namespace',
    namespace,
    '--values',
    join(overlay, 'redis-values.yaml'),
  ];
  const texts = await Promise.all([
    runProgram(tools.kustomize.path, [...tools.kustomize.args, overlay], run),
    runProgram(tools.helm, ['template', 'redis', ...chart], run),
  ]);
  const manifests = texts.flatMap((text) => loadAll(text) as readonly Manifest[]);
  return manifests.map((manifest) => ({ ...manifest, metadata: { namespace, ...manifest.metadata } }));
}
