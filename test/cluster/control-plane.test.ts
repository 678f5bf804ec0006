import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { makeNamespace, type TestNamespace } from '../support/namespace.ts';

const controlPlane = sharedControlPlane();
const config = new KubeConfig();
config.loadFromFile(controlPlane.kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const apps = config.makeApiClient(AppsV1Api);
const batch = config.makeApiClient(BatchV1Api);
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
};

let namespace: TestNamespace;
beforeEach(async () => {
  namespace = await makeNamespace(controlPlane.kubeconfig);
});
afterEach(() => namespace.remove());

const isGone = (error: unknown): boolean => (error as { readonly code?: number }).code === 404;
const absent = (read: () => Promise<unknown>): Promise<boolean> => read().then(() => false, isGone);

describe('The control plane of the tests', () => {
  it('is Kubernetes 1.36', async () => {
    const { major, minor } = await config.makeApiClient(VersionApi).getCode();
    expect(`${major}.${minor}`).toBe('1.36');
  });

  it('rolls a Deployment of 3 replicas out', async () => {
    const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template };
    await apps.createNamespacedDeployment({ namespace: namespace.name, body: { metadata: { name: 'web' }, spec } });
    await eventually('Deployment web is available', async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace: namespace.name, name: 'web' });
      return (
        status?.availableReplicas === 3 &&
        status.conditions?.some(({ type, status: is }) => type === 'Available' && is === 'True')
      );
    });
  });

  it('completes a Job', async () => {
    const spec = { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };
    await batch.createNamespacedJob({ namespace: namespace.name, body: { metadata: { name: 'once' }, spec } });
    await eventually('Job once is complete', async () => {
      const { status } = await batch.readNamespacedJob({ namespace: namespace.name, name: 'once' });
      return (
        status?.succeeded === 1 &&
        status.conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True')
      );
    });
  });

  it('collects what a deleted owner leaves behind', async () => {
    const at = { namespace: namespace.name };
    const owner = await core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'owner' } } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata?.uid ?? '' }];
    await core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'child', ownerReferences } } });
    await core.deleteNamespacedConfigMap({ ...at, name: 'owner' });
    await eventually('ConfigMap child is collected', () =>
      absent(() => core.readNamespacedConfigMap({ ...at, name: 'child' })),
    );
  });

  it('ends a namespace with everything in it', async () => {
    const other = await makeNamespace(controlPlane.kubeconfig, 'ends');
    await core.createNamespacedConfigMap({ namespace: other.name, body: { metadata: { name: 'inside' } } });
    await other.remove();
    await eventually('the namespace is gone', () => absent(() => core.readNamespace({ name: other.name })));
  });

  it('gives a new user no rights of its own', async () => {
    const bo = new KubeConfig();
    bo.loadFromFile(await controlPlane.addUser('bo', ['developers']));
    const reading = bo.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace: namespace.name });
    await expect(reading).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining('User \\"bo\\" cannot list'),
    });
  });
});
