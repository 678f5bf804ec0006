import { dump } from 'js-yaml';

/** The Kubernetes group of the roles that Plumbline holds clusters with. */
export const clusterGroup = 'plumbline';

/** A manifest as Kubernetes takes it. */
export type Manifest = { readonly [field: string]: unknown };

const name = 'plumbline';
const subject = { kind: 'Group', name: clusterGroup, apiGroup: 'rbac.authorization.k8s.io' };

/**
 * A share of the API server for Plumbline alone: it neither pushes others aside nor waits behind them. Without it, Plumbline has its
 * place among all clients that nobody has thought of.
 */
export const flowSchema: readonly Manifest[] = [
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 20,
        limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 100 } },
      },
    },
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name },
      // Before `service-accounts` and `global-default`, after what the system needs.
      matchingPrecedence: 8500,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: clusterGroup } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        },
      ],
    },
  },
];

const read = ['get', 'list', 'watch'];
const write = ['create', 'update', 'patch', 'delete'];

/** What applications are usually made of. Rights that a Role in Git gives have to be here too: nobody can give what he has not. */
const written: readonly (readonly [group: string, resources: readonly string[]])[] = [
  [
    '',
    [
      'configmaps',
      'limitranges',
      'namespaces',
      'persistentvolumeclaims',
      'pods',
      'resourcequotas',
      'secrets',
      'serviceaccounts',
      'services',
    ],
  ],
  ['apps', ['daemonsets', 'deployments', 'statefulsets']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['batch', ['cronjobs', 'jobs']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  ['policy', ['poddisruptionbudgets']],
  ['rbac.authorization.k8s.io', ['rolebindings', 'roles']],
  ['apiextensions.k8s.io', ['customresourcedefinitions']],
];

/**
 * The rights of the group, for an operator to look at and apply once. Custom resources are to be added to the ClusterRole, a rule for
 * each API group.
 */
export const clusterRole: readonly Manifest[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: read },
      ...written.map(([group, resources]) => ({ apiGroups: [group], resources, verbs: write })),
      { nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi/*', '/version'], verbs: ['get'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [subject],
  },
];

/** Manifests as text that `kubectl apply -f -` takes. */
export function toYaml(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => dump(manifest, { flowLevel: 4, noRefs: true, lineWidth: -1 })).join('---\n');
}
