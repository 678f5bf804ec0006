import { jsonAt } from '../../../shared/model/json.ts';
import { type Environment, environments, prod } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, isHopeless } from '../expectation.ts';
import { serveFlags } from '../plumb.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';

/** From an empty cluster and a Git repository to three environments that run. */
export const comeUp: Step = {
  title: 'Three environments come up from Git',
  run: async (stage) => {
    const { narrator, plumb, team } = stage;
    narrator.tell(`In Git at ${team.repoURL}: branches main (prod), staging and dev, and an Application for each.`);
    narrator.tell('The cluster is empty. From here on it follows Git.');
    const expectations = [];
    for (const environment of environments)
      expectations.push({ environment, wanted: await stage.wantedOf(environment) });
    const since = performance.now();
    narrator.show(`plumb serve --control ${plumb.variables['PLUMB_CONTROL']} ${serveFlags.join(' ')}`);
    plumb.startServe(...serveFlags);
    const up = await Promise.all(expectations.map((expected) => awaitEnvironment(stage, { ...expected, since })));
    if (isHopeless(up)) return up;
    const said = await awaitSyncedAndHealthy(stage, environments);
    narrator.show('plumb list', (await plumb.run('list')).stdout);
    narrator.show(`plumb status ${prod.application}`, (await plumb.run('status', prod.application)).stdout);
    narrator.point('the waves: configuration (-2) before Redis (-1) before the backend (0) before its Ingress (1)');
    return [...up, await checkOrder(stage, prod), said];
  },
};

/** Sync waves: configuration, then Redis, then the backend that needs it. Kubernetes counts in whole seconds. */
async function checkOrder({ cluster }: Stage, { application, namespace }: Environment): Promise<Check> {
  const redis = await cluster.read({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'redis-0', namespace } });
  const backend = await cluster.read({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'backend', namespace },
  });
  const ready = jsonAt(redis, 'status', 'containerStatuses', 0, 'state', 'running', 'startedAt');
  const made = backend?.metadata['creationTimestamp'];
  return {
    what: `${application}: the backend was made when Redis was up, as the sync waves say`,
    ok: typeof ready === 'string' && typeof made === 'string' && ready <= made,
    detail: `Redis up at ${ready}, backend made at ${made}`,
  };
}
