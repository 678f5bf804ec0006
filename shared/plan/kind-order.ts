/** Kinds in the order they are applied in; every other kind comes after them. Source: Argo CD's sync_tasks.go, which looks at no group. */
const kindsInOrder = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
] as const;

const rankByKind: ReadonlyMap<string, number> = new Map(kindsInOrder.map((kind, rank) => [kind, rank]));

/** Where a kind stands in the order of applying; lower is earlier. */
export function kindRank(kind: string): number {
  return rankByKind.get(kind) ?? kindsInOrder.length;
}

/** Kinds that may be applied at the same time, and why they come before the next class. */
type RankClass = { readonly why: string; readonly kinds: readonly string[] };

/** A finer order costs a round trip for each kind and gains nothing: the API server asks for no more than this. */
const rankClasses: readonly RankClass[] = [
  { why: 'everything else may live in them', kinds: ['Namespace'] },
  {
    why: 'what later objects are admitted by, bound to or made of',
    kinds: [
      'NetworkPolicy',
      'ResourceQuota',
      'LimitRange',
      'PodSecurityPolicy',
      'PodDisruptionBudget',
      'ServiceAccount',
      'StorageClass',
      'PersistentVolume',
      'CustomResourceDefinition',
      'ClusterRole',
      'Role',
      'PriorityClass',
      'RuntimeClass',
      'IngressClass',
    ],
  },
  {
    why: 'token Secrets need their ServiceAccount, bindings their roles, claims their class; Pods need all of them',
    kinds: ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'ClusterRoleBinding', 'RoleBinding', 'Service'],
  },
  {
    why: 'what serves the APIs and routes of the rest',
    kinds: ['DaemonSet', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet', 'Job', 'CronJob'],
  },
];

/** A webhook whose Pods are not up yet would refuse the objects beside it. */
const lastKinds: readonly string[] = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

const classByKind: ReadonlyMap<string, number> = new Map([
  ...rankClasses.flatMap(({ kinds }, index) => kinds.map((kind): [string, number] => [kind, index])),
  ...lastKinds.map((kind): [string, number] => [kind, rankClasses.length + 1]),
]);

/** The class of kinds that a kind is applied together with; lower is earlier. Kinds without a need for order come before webhooks. */
export function rankClass(kind: string): number {
  return classByKind.get(kind) ?? rankClasses.length;
}
