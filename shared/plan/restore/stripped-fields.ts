import { type Json, jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { isAutoTokenName, serviceAccountToken } from './left-out.ts';
import { kindName, placeOf, type RestoreTarget, type RuleScope } from './restore-context.ts';
import { type FieldPattern, type Place, stripFields } from './strip-fields.ts';

/** What is asked about a field before it goes. */
type Finding = { readonly value: Json; readonly manifest: Manifest; readonly scope: RuleScope };

/** Fields that are not brought along. `*` stands for all kinds; without `when` the fields always go. */
type FieldRule = {
  readonly kinds: readonly string[];
  readonly fields: readonly FieldPattern[];
  readonly when?: (finding: Finding) => boolean;
  /** Default: to another cluster only. */
  readonly on?: readonly RestoreTarget[];
  readonly why: string;
};

const annotation = (name: string): FieldPattern => ['metadata', 'annotations', name];
const controllerLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const jobLabels = [...controllerLabels, 'job-name', 'batch.kubernetes.io/job-name'];

/** Each names where it is from. What was written by a person and means the same everywhere stays. */
const rules: readonly FieldRule[] = [
  {
    // Velero's restore.go.
    kinds: ['*'],
    fields: [
      'uid',
      'resourceVersion',
      'generation',
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'selfLink',
      'managedFields',
    ].map((field) => ['metadata', field]),
    why: 'only the API server writes it',
  },
  { kinds: ['*'], fields: [['status']], why: 'it says how things stood in the other cluster' },
  {
    // kube-controller-manager's garbage collector: an owner that it cannot find takes the object along.
    kinds: ['*'],
    fields: [['metadata', 'ownerReferences', '*']],
    when: ({ value, scope }) => !scope.isLive(String(jsonAt(value, 'uid'))),
    on: ['same', 'other'],
    why: 'its owner is not in the target, and the object would be deleted as an orphan',
  },
  {
    kinds: ['*'],
    fields: [['metadata', 'finalizers', '*']],
    when: ({ value }) => typeof value === 'string' && wouldBlock(value),
    why: 'it waits for a clean-up in the other cluster, and would hold the object when it is deleted',
  },
  {
    // Velero's service_action.go; a headless Service stays one.
    kinds: ['Service'],
    fields: [
      ['spec', 'clusterIP'],
      ['spec', 'clusterIPs', '*'],
    ],
    when: ({ value }) => value !== 'None',
    why: 'the address is from the network of the other cluster',
  },
  {
    // Velero's service_action.go.
    kinds: ['Service'],
    fields: [
      ['spec', 'ports', '*', 'nodePort'],
      ['spec', 'healthCheckNodePort'],
    ],
    why: 'the port may be taken in the target, which gives a free one',
  },
  {
    // Velero's pod_action.go.
    kinds: ['Pod'],
    fields: [
      ['spec', 'nodeName'],
      ['spec', 'priority'],
    ],
    why: 'the scheduler and the PriorityClass of the target say so',
  },
  {
    // The ServiceAccount admission plugin, which puts in its own; Velero's pod_action.go.
    kinds: ['Pod'],
    fields: [
      ['spec', 'volumes', '*'],
      ...['containers', 'initContainers', 'ephemeralContainers'].map((list) => [
        'spec',
        list,
        '*',
        'volumeMounts',
        '*',
      ]),
    ],
    when: ({ value, manifest }) => isInjectedVolume(jsonAt(value, 'name'), manifest),
    why: 'the token in it is of the other cluster; the target puts in its own',
  },
  {
    // Velero's job_action.go; both spellings.
    kinds: ['batch/Job'],
    fields: [
      ...jobLabels.map((label) => ['metadata', 'labels', label]),
      ...jobLabels.map((label) => ['spec', 'template', 'metadata', 'labels', label]),
      ...controllerLabels.map((label) => ['spec', 'selector', 'matchLabels', label]),
    ],
    why: 'it carries the uid that the Job had in the other cluster',
  },
  {
    // batch/v1: without manualSelector the Job controller makes the selector.
    kinds: ['batch/Job'],
    fields: [['spec', 'selector']],
    when: ({ manifest }) => jsonAt(manifest['spec'], 'manualSelector') !== true,
    why: 'the target makes it from the uid of the new Job',
  },
  {
    // Velero's pvc_action.go.
    kinds: ['PersistentVolumeClaim'],
    fields: [
      'pv.kubernetes.io/bind-completed',
      'pv.kubernetes.io/bound-by-controller',
      'volume.beta.kubernetes.io/storage-provisioner',
      'volume.kubernetes.io/storage-provisioner',
      'volume.kubernetes.io/selected-node',
      'volume.kubernetes.io/storage-resizer',
    ].map(annotation),
    why: 'it says how the claim was bound in the other cluster',
  },
  {
    kinds: ['PersistentVolumeClaim'],
    fields: [['spec', 'volumeName']],
    when: ({ value, scope }) => !scope.brings('PersistentVolume', '', String(value)),
    why: 'the volume is of the other cluster, and the claim would wait for it for ever',
  },
  {
    // Velero's pvc_action.go.
    kinds: ['PersistentVolumeClaim'],
    fields: [
      ['spec', 'dataSource'],
      ['spec', 'dataSourceRef'],
    ],
    when: ({ value, manifest, scope }) =>
      jsonAt(value, 'kind') === 'VolumeSnapshot' &&
      !scope.brings(
        'VolumeSnapshot',
        String(jsonAt(value, 'namespace') ?? placeOf(manifest, scope)),
        String(jsonAt(value, 'name')),
      ),
    why: 'the volume snapshot is of the other cluster, and the claim would wait for it for ever',
  },
  {
    // Velero's restore.go: the PersistentVolume controller binds by these.
    kinds: ['PersistentVolume'],
    fields: [
      ['spec', 'claimRef', 'uid'],
      ['spec', 'claimRef', 'resourceVersion'],
      annotation('pv.kubernetes.io/bound-by-controller'),
    ],
    why: 'it names the claim of the other cluster',
  },
  {
    // Velero's service_account_action.go and merge_service_account.go.
    kinds: ['ServiceAccount'],
    fields: [['secrets', '*']],
    when: ({ value, manifest }) => isTokenReference(jsonAt(value, 'name'), manifest),
    why: 'the token is of the other cluster',
  },
  {
    // Velero's secret_action.go: the token controller fills them in.
    kinds: ['Secret'],
    fields: [
      annotation('kubernetes.io/service-account.uid'),
      ...['data', 'stringData'].flatMap((map) => ['token', 'ca.crt'].map((key) => [map, key])),
    ],
    when: ({ manifest }) => manifest['type'] === serviceAccountToken,
    why: 'it is of the other cluster; the target fills in its own',
  },
  {
    // The namespace controller.
    kinds: ['Namespace'],
    fields: [['spec', 'finalizers']],
    why: 'only the namespace controller writes it',
  },
];

/** Finalizers that mark a deletion or a binding, or that wait for a load balancer or volume of the other cluster. */
const blocking: readonly RegExp[] = [
  /^(kubernetes\.io\/pvc-protection|kubernetes\.io\/pv-protection|foregroundDeletion|orphan)$/,
  /^(service\.kubernetes\.io\/load-balancer-cleanup|batch\.kubernetes\.io\/job-tracking)$/,
  /^(service|ingress|elbv2|group\.ingress|gateway|networking)\.k8s\.aws\//,
  /^(external-attacher|external-provisioner|snapshot\.storage\.kubernetes\.io)\//,
];

function wouldBlock(finalizer: string): boolean {
  return blocking.some((pattern) => pattern.test(finalizer));
}

function isInjectedVolume(name: Json | undefined, manifest: Manifest): boolean {
  if (typeof name !== 'string') return false;
  const account = jsonAt(manifest['spec'], 'serviceAccountName');
  return /^kube-api-access-[a-z0-9]{5}$/.test(name) || isAutoTokenName(name, String(account ?? 'default'));
}

/** The default ServiceAccount is there already: of its references only pull secrets may be merged. */
function isTokenReference(name: Json | undefined, { metadata }: Manifest): boolean {
  return metadata.name === 'default' || (typeof name === 'string' && isAutoTokenName(name, metadata.name));
}

export type StrippedManifest = {
  readonly manifest: Manifest;
  readonly removed: readonly { readonly at: Place; readonly reason: string }[];
};

/** An object without what would be wrong, or in the way, in the target. */
export function withoutForeignFields(manifest: Manifest, scope: RuleScope): StrippedManifest {
  const kind = kindName(manifest);
  const asked = rules.filter(({ kinds, on = ['other'] }) => on.includes(scope.target) && isMeant(kinds, kind));
  return asked.reduce<StrippedManifest>((before, rule) => stripBy(rule, before, scope), { manifest, removed: [] });
}

function isMeant(kinds: readonly string[], kind: string): boolean {
  return kinds.includes('*') || kinds.includes(kind);
}

function stripBy(rule: FieldRule, before: StrippedManifest, scope: RuleScope): StrippedManifest {
  const { fields, when = () => true, why } = rule;
  let { manifest } = before;
  const removed = fields.flatMap((pattern) => {
    const stripped = stripFields(manifest, pattern, (value) => when({ value, manifest, scope }));
    manifest = stripped.value as Manifest;
    return stripped.removed.map((at) => ({ at, reason: why }));
  });
  return removed.length === 0 ? before : { manifest, removed: [...before.removed, ...removed] };
}
