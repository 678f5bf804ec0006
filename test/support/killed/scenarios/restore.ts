import type { Cluster } from '../../../../shared/cluster-ports.ts';
import { applicationLabel } from '../../../../shared/plan/tracking.ts';
import type { GitHost, Ports } from '../../../../shared/ports.ts';
import { executeRestore } from '../../../../shared/workflows/restore/execute-restore.ts';
import { planRestore } from '../../../../shared/workflows/restore/plan-restore.ts';
import { eventually } from '../../eventually.ts';
import { configMap, customResource, customResourceDefinition, wave } from '../../manifests.ts';
import { applicationAt, type Place } from '../place.ts';
import { removeObjects } from '../remove-objects.ts';
import type { Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';

/** Two applications of a cluster that was emptied, one with a CRD and one with an object of its kind, without Git. */
export const restore: Scenario = {
  title: 'restore',
  folders: ['app', 'base'],
  prepare: async (place, ports, push) => {
    const { token } = place;
    const group = `${token}.example.com`;
    await push({
      files: {
        'base/definition.yaml': customResourceDefinition('Widget', group),
        'base/settings.yaml': configMap(`${token}-settings`, {}, wave(1)),
        'app/early.yaml': configMap(`${token}-early`, {}, wave(-1)),
        'app/widget.yaml': customResource('Widget', group, `${token}-widget`),
        'app/one.yaml': configMap(`${token}-one`),
        'app/late.yaml': configMap(`${token}-late`, {}, wave(1)),
      },
    });
    await syncPlace(place, ports, 'base');
    await syncPlace(place, ports);
    await emptyCluster(place, ports);
  },
  run: async (place, ports) => {
    const { name } = await clusterOf(place, ports);
    const withoutGit = { ...ports, git: deadGit };
    const plan = await planRestore({ cluster: name }, withoutGit);
    await executeRestore(plan, withoutGit, { signal: new AbortController().signal });
  },
};

const deadGit: GitHost = {
  listRefs: () => Promise.reject(new Error('Git was asked')),
  openCommit: () => Promise.reject(new Error('Git was asked')),
};

function clusterOf(place: Place, { clusters }: Ports): Promise<Cluster> {
  return clusters.open(applicationAt(place).destination);
}

async function emptyCluster(place: Place, ports: Ports): Promise<void> {
  const cluster = await clusterOf(place, ports);
  const { served } = await cluster.rediscover();
  const kinds = served.filter(({ kind }) => ['ConfigMap', 'Widget', 'CustomResourceDefinition'].includes(kind));
  const owners = ['app', 'base'].map((folder) => applicationAt(place, folder).name);
  const labelSelector = `${applicationLabel} in (${owners.join(',')})`;
  const ours = kinds.filter(({ group }) => !group.endsWith('.example.com') || group.startsWith(place.token));
  const list = async (): Promise<Awaited<ReturnType<Cluster['list']>>> =>
    (await Promise.all(ours.map((kind) => cluster.list({ kind, labelSelector }).catch(() => [])))).flat();
  await removeObjects(await list(), cluster);
  await eventually('the cluster is empty', async () => (await list()).length === 0);
}
