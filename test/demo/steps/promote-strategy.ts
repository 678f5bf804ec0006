import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonAt } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { dev, type Environment, environments, prod, staging } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, checkUntouched, isHopeless } from '../expectation.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';

const patch = 'add-retrieval-strategy-hyde.patch';
const file = 'retrieval-strategy-hyde.yaml';

/** A change on its way: pushed to staging, looked at, merged to prod. */
export const promoteStrategy: Step = {
  title: 'A new retrieval strategy is pushed to staging, then merged to prod',
  run: async (stage) => {
    const { narrator, team, plumb } = stage;
    const before = { dev: await stage.wantedOf(dev), prod: await stage.wantedOf(prod) };
    narrator.show(`git am ${patch} && git push origin staging`);
    const inStaging = await bring(stage, staging, () => team.pushPatch(patch, staging.branch));
    if (isHopeless(inStaging)) return inStaging;
    const elsewhere = [
      await checkUntouched(stage, { environment: dev, wanted: before.dev }),
      await checkUntouched(stage, { environment: prod, wanted: before.prod }),
    ];
    narrator.show('git merge staging && git push origin main');
    const inProd = await bring(stage, prod, () => team.pushMerge(staging.branch, prod.branch));
    if (isHopeless(inProd)) return [...inStaging, ...elsewhere, ...inProd];
    const said = await awaitSyncedAndHealthy(stage, environments);
    narrator.show('plumb list', (await plumb.run('list')).stdout);
    narrator.point(
      `${join(team.folder, 'base/retrieval', file)}, and the ConfigMap retrieval-strategies-… that it is in`,
    );
    return [...inStaging, ...elsewhere, ...inProd, await checkReplaced(stage, before.prod), said];
  },
};

/** Pushes and waits; the clock runs from before the push. */
async function bring(stage: Stage, environment: Environment, push: () => Promise<string>): Promise<readonly Check[]> {
  const since = performance.now();
  const commit = await push();
  const wanted = await stage.wantedOf(environment);
  const check = await awaitEnvironment(stage, { environment, wanted, since });
  return [
    { ...check, detail: `${check.detail} from the push of ${commit.slice(0, 7)}` },
    await checkStrategy(stage, environment, wanted),
  ];
}

function strategiesOf(wanted: readonly Manifest[]): Manifest {
  const found = wanted.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('retrieval-strategies-'),
  );
  if (found === undefined) throw new Error('examples/kotaemon renders no ConfigMap retrieval-strategies-…');
  return found;
}

/** The file's bytes are in the ConfigMap, and it is that ConfigMap which the backend mounts. */
async function checkStrategy(
  stage: Stage,
  { application, namespace }: Environment,
  wanted: readonly Manifest[],
): Promise<Check> {
  const configMap = strategiesOf(wanted);
  const live = await stage.cluster.read(configMap);
  const backend = await stage.cluster.read({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'backend', namespace },
  });
  const text = await readFile(join(stage.team.folder, 'base/retrieval', file), 'utf8');
  const mounted = JSON.stringify(jsonAt(backend, 'spec', 'template', 'spec', 'volumes')).includes(
    `"${configMap.metadata.name}"`,
  );
  return {
    what: `${application}: the backend mounts a ConfigMap with ${file} as it is in Git`,
    ok: mounted && jsonAt(live, 'data', file) === text,
    detail: `ConfigMap ${configMap.metadata.name}${mounted ? '' : ' is not mounted'}`,
  };
}

/** A generated ConfigMap gets a new name with each change; the old one is pruned, but not before the rollout. */
async function checkReplaced({ cluster }: Stage, before: readonly Manifest[]): Promise<Check> {
  const old = strategiesOf(before);
  return {
    what: `${prod.application}: the ConfigMap that it replaces is pruned`,
    ok: (await cluster.read(old)) === undefined,
    detail: `ConfigMap ${old.metadata.name}`,
  };
}
