import { jsonAt } from '../../model/json.ts';
import { annotationOf, type Manifest } from '../../model/manifest.ts';
import { kindName, placeOf, type RuleScope } from './restore-context.ts';

/** Objects that are not brought to another cluster. `*` stands for all kinds; without `when` all objects of the kinds are meant. */
type LeftOutRule = {
  readonly kinds: readonly string[];
  readonly when?: (manifest: Manifest, scope: RuleScope) => boolean;
  readonly why: string;
};

/** Asked in this order; the first that means an object decides. Each names where it is from. */
const rules: readonly LeftOutRule[] = [
  {
    // Velero's restore_controller.go; AWS Backup's list for EKS.
    kinds: [
      'Node',
      'Event',
      'ComponentStatus',
      'events.k8s.io/Event',
      'storage.k8s.io/CSINode',
      'storage.k8s.io/CSIStorageCapacity',
      'storage.k8s.io/VolumeAttachment',
      'networking.k8s.io/IPAddress',
      'metrics.k8s.io/NodeMetrics',
      'metrics.k8s.io/PodMetrics',
    ],
    why: 'it belongs to the nodes, or to a moment, of the other cluster',
  },
  {
    // client-go's leader election: a holder that is gone keeps controllers waiting.
    kinds: ['coordination.k8s.io/Lease'],
    why: 'its holder is in the other cluster, and controllers would wait for it',
  },
  {
    kinds: ['ConfigMap', 'Endpoints'],
    when: (manifest) => annotationOf(manifest, 'control-plane.alpha.kubernetes.io/leader') !== undefined,
    why: 'its leader is in the other cluster, and controllers would wait for it',
  },
  {
    // kube-controller-manager's endpoint controllers; those of Services without selector, and of meshes, are people's own.
    kinds: ['Endpoints', 'discovery.k8s.io/EndpointSlice'],
    when: isMadeFromService,
    why: 'the target makes it from its Service, with the addresses that Pods have there',
  },
  {
    // kube-controller-manager's root CA publisher.
    kinds: ['ConfigMap'],
    when: ({ metadata }) => metadata.name === 'kube-root-ca.crt',
    why: 'the target has its own: the CA of another cluster breaks TLS in Pods',
  },
  {
    // The token controller before Kubernetes 1.24.
    kinds: ['Secret'],
    when: isAutoToken,
    why: 'the token is made by, and valid in, the other cluster only',
  },
  {
    // kubeadm.
    kinds: ['Secret'],
    when: ({ type }) => type === 'bootstrap.kubernetes.io/token',
    why: 'a bootstrap token lets nodes join the other cluster',
  },
  {
    // AWS Backup's list for EKS.
    kinds: ['Service', 'Endpoints', 'discovery.k8s.io/EndpointSlice'],
    when: isOfTheCluster,
    why: 'every cluster makes its own',
  },
  {
    // The API server's bootstrap of priority and fairness; EKS's own level.
    kinds: ['flowcontrol.apiserver.k8s.io/FlowSchema', 'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration'],
    when: (manifest) =>
      annotationOf(manifest, 'apf.kubernetes.io/autoupdate-spec') === 'true' || manifest.metadata.name === 'eks-exempt',
    why: 'the API server of the target keeps its own',
  },
  {
    // kube-aggregator's autoregister controller; Velero's apiservice_action.go.
    kinds: ['apiregistration.k8s.io/APIService'],
    when: ({ metadata }) => metadata.labels?.['kube-aggregator.kubernetes.io/automanaged'] !== undefined,
    why: 'the API server of the target registers its own',
  },
  {
    // The API server's RBAC bootstrap policy; EKS.
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(
      (kind) => `rbac.authorization.k8s.io/${kind}`,
    ),
    when: isBootstrapRole,
    why: 'the control plane of the target keeps its own',
  },
  {
    // The API server's bootstrap of scheduling; no other name may begin so.
    kinds: ['scheduling.k8s.io/PriorityClass'],
    when: ({ metadata }) => metadata.name.startsWith('system-'),
    why: 'the API server of the target keeps its own',
  },
  {
    // Amazon EKS: removing the entries of node groups breaks the cluster.
    kinds: ['ConfigMap'],
    when: (manifest, scope) => manifest.metadata.name === 'aws-auth' && placeOf(manifest, scope) === 'kube-system',
    why: 'it lets nodes and people into the other cluster, and would lock those of the target out',
  },
  {
    kinds: ['Pod'],
    when: (manifest) => annotationOf(manifest, 'kubernetes.io/config.mirror') !== undefined,
    why: 'it mirrors a file on a node of the other cluster',
  },
  {
    // Velero's restore.go.
    kinds: ['Pod'],
    when: (manifest) => ['Succeeded', 'Failed'].includes(String(jsonAt(manifest, 'status', 'phase'))),
    why: 'it has finished, and would run again',
  },
  {
    // Velero's restore.go, which does not see a Job that failed for good.
    kinds: ['batch/Job'],
    when: isFinishedJob,
    why: 'it has finished, and would run again',
  },
  {
    kinds: ['apps/ControllerRevision'],
    why: 'its workload makes it anew',
  },
  {
    // AWS Load Balancer Controller, VPC resource controller, Karpenter.
    kinds: ['elbv2.k8s.aws/TargetGroupBinding', 'vpcresources.k8s.aws/CNINode', 'karpenter.sh/NodeClaim'],
    why: 'it is the shadow of something in the cloud that serves the other cluster',
  },
  {
    // cert-manager; the issued Secrets are kept, to spare rate limits.
    kinds: ['acme.cert-manager.io/Order', 'acme.cert-manager.io/Challenge', 'cert-manager.io/CertificateRequest'],
    why: 'it is a step on the way to a certificate, and is made anew when one is needed',
  },
  {
    kinds: ['*'],
    when: isControlled,
    why: 'the object that controls it makes it anew',
  },
];

const rulesByKind: ReadonlyMap<string, readonly LeftOutRule[]> = Map.groupBy(
  rules.flatMap((rule) => rule.kinds.map((kind) => ({ ...rule, kind }))),
  ({ kind }) => kind,
);

/** Why an object is not brought to another cluster, or undefined when it is. */
export function reasonToLeaveOut(manifest: Manifest, scope: RuleScope): string | undefined {
  if (scope.target === 'same') return undefined;
  const asked = [...(rulesByKind.get(kindName(manifest)) ?? []), ...(rulesByKind.get('*') ?? [])];
  return asked.find(({ when }) => when === undefined || when(manifest, scope))?.why;
}

function isControlled({ metadata }: Manifest): boolean {
  const owners = metadata['ownerReferences'];
  return Array.isArray(owners) && owners.some((owner) => jsonAt(owner, 'controller') === true);
}

const sliceControllers: readonly string[] = [
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
];

function isMadeFromService(manifest: Manifest, scope: RuleScope): boolean {
  const { labels = {}, name } = manifest.metadata;
  if (manifest.kind === 'EndpointSlice')
    return sliceControllers.includes(labels['endpointslice.kubernetes.io/managed-by'] ?? '');
  const isMarked = labels['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';
  const isTimed = annotationOf(manifest, 'endpoints.kubernetes.io/last-change-trigger-time') !== undefined;
  return isMarked || isTimed || scope.selects(placeOf(manifest, scope), name);
}

function isAutoToken(manifest: Manifest): boolean {
  const account = annotationOf(manifest, 'kubernetes.io/service-account.name');
  return manifest['type'] === serviceAccountToken && isAutoTokenName(manifest.metadata.name, account);
}

/** The type of Secrets that the token controller fills. */
export const serviceAccountToken = 'kubernetes.io/service-account-token';

/** True for a name that the token controller gives: `<account>-token-x7k2p`. */
export function isAutoTokenName(name: string, account: string | undefined): boolean {
  return account !== undefined && name.startsWith(`${account}-token-`) && /-token-[a-z0-9]{5}$/.test(name);
}

function isOfTheCluster(manifest: Manifest, scope: RuleScope): boolean {
  return ['default/kubernetes', 'kube-system/kube-dns'].includes(
    `${placeOf(manifest, scope)}/${manifest.metadata.name}`,
  );
}

/** Charts bring `system:` roles of their own, such as that of metrics-server; these are restored. */
const bootstrapName =
  /^eks:|^system:(:leader-locking-|aggregate-to-|auth-delegator$|basic-user$|certificates\.k8s\.io:|controller:|discovery$|heapster$|kube-|kubelet-api-admin$|monitoring$|node|persistent-volume-provisioner$|public-info-viewer$|service-account-issuer-discovery$|volume-scheduler$)/;

function isBootstrapRole(manifest: Manifest): boolean {
  const { name, labels = {} } = manifest.metadata;
  const isMarked = labels['kubernetes.io/bootstrapping'] === 'rbac-defaults';
  return isMarked || bootstrapName.test(name);
}

function isFinishedJob({ status }: Manifest): boolean {
  if (jsonAt(status, 'completionTime') !== undefined) return true;
  const conditions = jsonAt(status, 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some(
    (condition) =>
      ['Complete', 'Failed'].includes(String(jsonAt(condition, 'type'))) && jsonAt(condition, 'status') === 'True',
  );
}
