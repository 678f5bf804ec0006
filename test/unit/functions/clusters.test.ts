import { describe, expect, it } from '@jest/globals';
import { registeredClusters } from '../../../functions/runtime/clusters.ts';
import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { RegisteredCluster } from '../../../shared/model/registered-cluster.ts';

const registered: RegisteredCluster = {
  id: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod',
  name: 'prod',
  region: 'eu-west-1',
  aliases: [],
  zone: 'public',
  server: 'https://prod.example',
  certificateAuthority: 'Y2E=',
  isPrivate: false,
};
const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:edge-kubeconfig-a1b2c3';
const edge: RegisteredCluster = { ...registered, id: 'edge', name: 'edge', kubeconfigSecret: secret };
const named = (name: string): Cluster => ({ name }) as Cluster;

const clusters = registeredClusters({
  find: async ({ name }) => {
    const found = [registered, edge].find((cluster) => cluster.name === name);
    if (found === undefined) throw new Error(`no cluster "${name}"`);
    return found;
  },
  openEks: ({ id }) => named(`EKS ${id}`),
  openKubeconfig: async ({ name, secret: text }) => named(`${name} by ${text}`),
});

describe('A registered cluster', () => {
  it('of EKS is opened as such', async () => {
    const cluster = await clusters.open({ name: 'prod', namespace: 'shop' });
    expect(cluster.name).toBe(`EKS ${registered.id}`);
  });

  it('with a kubeconfig is opened by that, under the id that it is registered with', async () => {
    const cluster = await clusters.open({ name: 'edge', namespace: 'shop' });
    expect(cluster.name).toBe(`edge by ${secret}`);
  });

  it('that is none is told by whoever looked for it', async () => {
    await expect(clusters.open({ name: 'other', namespace: 'shop' })).rejects.toThrow('no cluster "other"');
  });
});
