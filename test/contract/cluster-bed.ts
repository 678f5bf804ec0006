import process from 'node:process';
import { CoreV1Api as Core, type CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import type { SentRequest } from '../../shared/adapters/kubernetes/api-client.ts';
import type { ApiCluster } from '../../shared/adapters/kubernetes/api-cluster.ts';
import {
  KubeconfigClusters,
  type KubeconfigClustersOptions,
} from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import type { ObjectAddress } from '../../shared/cluster-ports.ts';
import type { LiveObject, Manifest } from '../../shared/model/manifest.ts';
import { type ObjectRef, refOf, versionOf } from '../../shared/model/object-ref.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { startControlPlane } from '../support/control-plane/start-control-plane.ts';
import { makeNamespace } from '../support/namespace.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';

export type OpenOptions = Omit<KubeconfigClustersOptions, 'conceal'>;

export type ClusterBed = {
  readonly kubeconfig: string;
  readonly server: string;
  readonly namespace: string;
  readonly cluster: ApiCluster;
  /** What `cluster` has sent, oldest first. */
  readonly sent: SentRequest[];
  readonly core: CoreV1Api;
  readonly rbac: RbacAuthorizationV1Api;
  addUser(name: string, groups?: readonly string[]): Promise<string>;
  /** The current context's cluster of other options; closed with the bed. */
  open(options: OpenOptions): Promise<ApiCluster>;
  close(): Promise<void>;
};

/** A real API server (the test run's, or else one of its own), a namespace in it, and the port under test. */
export async function openClusterBed({ own = false }: { readonly own?: boolean } = {}): Promise<ClusterBed> {
  const isShared = !own && process.env['PLUMBLINE_TEST_CONTROL_PLANE'] !== undefined;
  const started = isShared ? undefined : await startControlPlane({ controllers: false });
  const { kubeconfig, server, addUser } = started ?? sharedControlPlane();
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const namespace = await makeNamespace(kubeconfig, 'port');
  const opened: KubeconfigClusters[] = [];
  const open = async (options: OpenOptions) => {
    const clusters = new KubeconfigClusters({ conceal: testConceal, ...options });
    opened.push(clusters);
    return clusters.open({ name: 'in-cluster', namespace: namespace.name });
  };
  const sent: SentRequest[] = [];
  return {
    kubeconfig,
    server,
    namespace: namespace.name,
    sent,
    cluster: await open({ kubeconfig, observe: (request) => sent.push(request) }),
    core: config.makeApiClient(Core),
    rbac: config.makeApiClient(RbacAuthorizationV1Api),
    addUser,
    open,
    async close() {
      await Promise.all(opened.map((clusters) => clusters.close()));
      await namespace.remove();
      await started?.stop();
    },
  };
}

/** A ConfigMap of a namespace. */
export function configMap(
  namespace: string,
  name: string,
  more: { readonly data?: Readonly<Record<string, string>>; readonly labels?: Readonly<Record<string, string>> } = {},
): Manifest {
  const { data = { mode: 'plain' }, labels = {} } = more;
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
}

/** Where an object of a manifest is. */
export function addressOf(manifest: Manifest): ObjectAddress {
  return { ref: refOf(manifest), version: versionOf(manifest.apiVersion) };
}

/** An address written out. */
export function address(
  ref: Partial<ObjectRef> & { readonly kind: string; readonly name: string },
  version = 'v1',
): ObjectAddress {
  return { ref: { group: '', namespace: '', ...ref }, version };
}

/** The preconditions that name exactly this object. */
export function conditionsFor(live: LiveObject): { readonly uid: string; readonly propagation: 'Background' } {
  return { uid: live.metadata.uid, propagation: 'Background' };
}
