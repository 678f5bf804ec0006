import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { isSameCluster, restoreManifests } from '../../../shared/plan/restore-rules.ts';

type Fields = JsonObject & { readonly metadata?: JsonObject };

function object(kind: string, name: string, { metadata = {}, ...more }: Fields = {}): Manifest {
  const slash = kind.lastIndexOf('/');
  const apiVersion = slash === -1 ? 'v1' : `${kind.slice(0, slash)}/v1`;
  return { apiVersion, kind: kind.slice(slash + 1), metadata: { name, ...metadata }, ...more } as Manifest;
}

const context = { namespace: 'shop', isLive: (uid: string) => uid === 'alive' };
const restore = (target: 'same' | 'other', ...manifests: Manifest[]) =>
  restoreManifests(manifests, { ...context, target });
const elsewhere = (...manifests: Manifest[]) => restore('other', ...manifests);

const labelled = (key: string, value: string): Fields => ({ metadata: { labels: { [key]: value } } });
const annotated = (key: string, value: string): Fields => ({ metadata: { annotations: { [key]: value } } });
const within = (namespace: string): Fields => ({ metadata: { namespace } });
const owner = (more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'o',
  uid: 'gone',
  ...more,
});

const rbac = 'rbac.authorization.k8s.io';
const leftOut: readonly Manifest[] = [
  object('Node', 'ip-10-0-0-1'),
  object('Event', 'web.17'),
  object('events.k8s.io/Event', 'web.17'),
  object('storage.k8s.io/CSINode', 'ip-10-0-0-1'),
  object('storage.k8s.io/VolumeAttachment', 'csi-1'),
  object('networking.k8s.io/IPAddress', '10.0.0.1'),
  object('coordination.k8s.io/Lease', 'controller'),
  object('ConfigMap', 'leader', annotated('control-plane.alpha.kubernetes.io/leader', '{}')),
  object('Endpoints', 'web', labelled('endpoints.kubernetes.io/managed-by', 'endpoint-controller')),
  object('Endpoints', 'web', annotated('endpoints.kubernetes.io/last-change-trigger-time', '2026-01-01T00:00:00Z')),
  object(
    'discovery.k8s.io/EndpointSlice',
    'web-1',
    labelled('endpointslice.kubernetes.io/managed-by', 'endpointslice-controller.k8s.io'),
  ),
  object('ConfigMap', 'kube-root-ca.crt'),
  object('Secret', 'app-token-x7k2p', {
    type: 'kubernetes.io/service-account-token',
    ...annotated('kubernetes.io/service-account.name', 'app'),
  }),
  object('Secret', 'bootstrap-token-abcdef', { type: 'bootstrap.kubernetes.io/token' }),
  object('Service', 'kubernetes', within('default')),
  object('Service', 'kube-dns', within('kube-system')),
  object('flowcontrol.apiserver.k8s.io/FlowSchema', 'probes', annotated('apf.kubernetes.io/autoupdate-spec', 'true')),
  object('flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', 'eks-exempt'),
  object(
    'apiregistration.k8s.io/APIService',
    'v1.apps',
    labelled('kube-aggregator.kubernetes.io/automanaged', 'onstart'),
  ),
  object(`${rbac}/ClusterRole`, 'cluster-admin', labelled('kubernetes.io/bootstrapping', 'rbac-defaults')),
  object(`${rbac}/ClusterRoleBinding`, 'system:node-proxier'),
  object(`${rbac}/RoleBinding`, 'eks:addon-manager'),
  object('scheduling.k8s.io/PriorityClass', 'system-node-critical'),
  object('ConfigMap', 'aws-auth', within('kube-system')),
  object('Pod', 'etcd-0', annotated('kubernetes.io/config.mirror', 'hash')),
  object('Pod', 'once', { status: { phase: 'Succeeded' } }),
  object('batch/Job', 'once', { status: { completionTime: '2026-01-01T00:00:00Z' } }),
  object('batch/Job', 'broken', { status: { conditions: [{ type: 'Failed', status: 'True' }] } }),
  object('apps/ReplicaSet', 'web-5d', { metadata: { ownerReferences: [owner({ controller: true })] } }),
  object('apps/ControllerRevision', 'web-5d'),
  object('elbv2.k8s.aws/TargetGroupBinding', 'k8s-shop-web'),
  object('vpcresources.k8s.aws/CNINode', 'ip-10-0-0-1'),
  object('karpenter.sh/NodeClaim', 'default-x'),
  object('acme.cert-manager.io/Order', 'shop-1'),
  object('acme.cert-manager.io/Challenge', 'shop-1'),
  object('cert-manager.io/CertificateRequest', 'shop-1'),
];

const kept: readonly Manifest[] = [
  object('ConfigMap', 'aws-auth'),
  object('ConfigMap', 'prompts'),
  object('Endpoints', 'external-database'),
  object(
    'discovery.k8s.io/EndpointSlice',
    'mesh-1',
    labelled('endpointslice.kubernetes.io/managed-by', 'mesh.example.com'),
  ),
  object('Service', 'kubernetes'),
  object(`${rbac}/ClusterRole`, 'system:metrics-server'),
  object('Pod', 'debug', { spec: { containers: [] } }),
  object('batch/Job', 'migrate', { spec: { template: {} } }),
  object('flowcontrol.apiserver.k8s.io/FlowSchema', 'ours'),
  object('ServiceAccount', 'default', {
    imagePullSecrets: [{ name: 'registry' }],
    automountServiceAccountToken: false,
  }),
];

const name = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

describe('what is not brought to another cluster', () => {
  it.each(leftOut.map((manifest) => [name(manifest), manifest] as const))(
    'has %s in it, with the reason',
    (_name, manifest) => {
      const { manifests, notRestored } = elsewhere(manifest);
      expect(manifests).toEqual([]);
      expect(notRestored).toEqual([
        { ref: expect.objectContaining({ name: manifest.metadata.name }), reason: expect.stringMatching(/\w{3,}/) },
      ]);
    },
  );

  it.each(kept.map((manifest) => [name(manifest), manifest] as const))('does not have %s in it', (_name, manifest) => {
    expect(elsewhere(manifest)).toMatchObject({ manifests: [manifest], notRestored: [] });
  });

  it('has the endpoints of a Service with a selector in it, and those of one without are people’s own', () => {
    const endpoints = object('Endpoints', 'web');
    const selecting = object('Service', 'web', { spec: { selector: { app: 'web' } } });
    expect(elsewhere(selecting, endpoints).manifests).toEqual([selecting]);
    const plain = object('Service', 'web', { spec: { ports: [] } });
    expect(elsewhere(plain, endpoints).manifests).toEqual([plain, endpoints]);
  });

  it('is nothing at all on the same cluster', () => {
    expect(restore('same', ...leftOut).manifests).toHaveLength(leftOut.length);
  });
});

type Stripping = readonly [what: string, before: Manifest, fields: readonly string[], after: Manifest];

const claimAnnotations = {
  'pv.kubernetes.io/bind-completed': 'yes',
  'volume.kubernetes.io/selected-node': 'ip-10-0-0-1',
  'example.com/team': 'shop',
};
const uidLabels = { 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u', app: 'a' };
const mount = (at: string): JsonObject => ({ name: at, mountPath: `/${at}` });

const strippings: readonly Stripping[] = [
  [
    'what only the API server writes, and status',
    object('ConfigMap', 'a', {
      metadata: { uid: 'u', resourceVersion: '5', managedFields: [{ manager: 'm' }] },
      status: { phase: 'Bound' },
    }),
    ['metadata.uid', 'metadata.resourceVersion', 'metadata.managedFields', 'status'],
    object('ConfigMap', 'a'),
  ],
  [
    'owners that are not there, but not those that are',
    object('ConfigMap', 'a', { metadata: { ownerReferences: [owner(), owner({ uid: 'alive' })] } }),
    ['metadata.ownerReferences[0]'],
    object('ConfigMap', 'a', { metadata: { ownerReferences: [owner({ uid: 'alive' })] } }),
  ],
  [
    'finalizers that wait for the other cluster',
    object('Service', 'a', {
      metadata: {
        finalizers: [
          'service.kubernetes.io/load-balancer-cleanup',
          'service.k8s.aws/resources',
          'example.com/keep',
          'foregroundDeletion',
        ],
      },
    }),
    ['metadata.finalizers[0]', 'metadata.finalizers[1]', 'metadata.finalizers[3]'],
    object('Service', 'a', { metadata: { finalizers: ['example.com/keep'] } }),
  ],
  [
    'addresses and ports of a Service',
    object('Service', 'a', {
      spec: {
        clusterIP: '10.0.0.7',
        clusterIPs: ['10.0.0.7'],
        healthCheckNodePort: 30002,
        ports: [{ port: 80, nodePort: 30001 }, { port: 81 }],
      },
    }),
    ['spec.clusterIP', 'spec.clusterIPs[0]', 'spec.ports[0].nodePort', 'spec.healthCheckNodePort'],
    object('Service', 'a', { spec: { ports: [{ port: 80 }, { port: 81 }] } }),
  ],
  [
    'node, priority and injected tokens of a Pod',
    object('Pod', 'a', {
      spec: {
        nodeName: 'n',
        priority: 7,
        serviceAccountName: 'app',
        containers: [{ name: 'm', volumeMounts: [mount('kube-api-access-x7k2p'), mount('data')] }],
        volumes: [{ name: 'kube-api-access-x7k2p' }, { name: 'app-token-x7k2p' }, { name: 'data' }],
      },
    }),
    ['spec.nodeName', 'spec.priority', 'spec.volumes[0]', 'spec.volumes[1]', 'spec.containers[0].volumeMounts[0]'],
    object('Pod', 'a', {
      spec: {
        serviceAccountName: 'app',
        containers: [{ name: 'm', volumeMounts: [mount('data')] }],
        volumes: [{ name: 'data' }],
      },
    }),
  ],
  [
    'uids and the selector of a Job',
    object('batch/Job', 'a', {
      metadata: { labels: { 'controller-uid': 'u', app: 'a' } },
      spec: { selector: { matchLabels: { 'controller-uid': 'u' } }, template: { metadata: { labels: uidLabels } } },
    }),
    [
      'metadata.labels.controller-uid',
      'spec.template.metadata.labels.controller-uid',
      'spec.template.metadata.labels["batch.kubernetes.io/controller-uid"]',
      'spec.selector.matchLabels.controller-uid',
    ],
    object('batch/Job', 'a', {
      metadata: { labels: { app: 'a' } },
      spec: { template: { metadata: { labels: { app: 'a' } } } },
    }),
  ],
  [
    'how a claim was bound',
    object('PersistentVolumeClaim', 'a', {
      metadata: { annotations: claimAnnotations },
      spec: { volumeName: 'pvc-1', dataSource: { kind: 'VolumeSnapshot', name: 's' }, storageClassName: 'gp3' },
    }),
    [
      'metadata.annotations["pv.kubernetes.io/bind-completed"]',
      'metadata.annotations["volume.kubernetes.io/selected-node"]',
      'spec.volumeName',
      'spec.dataSource',
    ],
    object('PersistentVolumeClaim', 'a', {
      metadata: { annotations: { 'example.com/team': 'shop' } },
      spec: { storageClassName: 'gp3' },
    }),
  ],
  [
    'the uid of a volume’s claim',
    object('PersistentVolume', 'a', {
      spec: { claimRef: { name: 'c', namespace: 'shop', uid: 'u', resourceVersion: '5' } },
    }),
    ['spec.claimRef.uid', 'spec.claimRef.resourceVersion'],
    object('PersistentVolume', 'a', { spec: { claimRef: { name: 'c', namespace: 'shop' } } }),
  ],
  [
    'the tokens of a ServiceAccount',
    object('ServiceAccount', 'app', { secrets: [{ name: 'app-token-x7k2p' }, { name: 'app-key' }] }),
    ['secrets[0]'],
    object('ServiceAccount', 'app', { secrets: [{ name: 'app-key' }] }),
  ],
  [
    'all references of the default ServiceAccount, which is only merged',
    object('ServiceAccount', 'default', { secrets: [{ name: 'key' }], imagePullSecrets: [{ name: 'registry' }] }),
    ['secrets[0]'],
    object('ServiceAccount', 'default', { imagePullSecrets: [{ name: 'registry' }] }),
  ],
  [
    'what the token controller fills in',
    object('Secret', 'app-key', {
      type: 'kubernetes.io/service-account-token',
      metadata: {
        annotations: { 'kubernetes.io/service-account.name': 'app', 'kubernetes.io/service-account.uid': 'u' },
      },
      data: { token: 'dA==', 'ca.crt': 'Yw==', extra: 'ZQ==' },
    }),
    ['metadata.annotations["kubernetes.io/service-account.uid"]', 'data.token', 'data["ca.crt"]'],
    object('Secret', 'app-key', {
      type: 'kubernetes.io/service-account-token',
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'app' } },
      data: { extra: 'ZQ==' },
    }),
  ],
  [
    'the finalizers of a Namespace',
    object('Namespace', 'shop', { spec: { finalizers: ['kubernetes'] } }),
    ['spec.finalizers'],
    object('Namespace', 'shop'),
  ],
];

describe('what is taken out on the way to another cluster', () => {
  it.each(strippings)('is %s', (_what, before, fields, after) => {
    const { manifests, notRestored } = elsewhere(before);
    expect(manifests).toEqual([after]);
    expect(notRestored.map(({ field }) => field)).toEqual(fields);
    for (const { reason } of notRestored) expect(reason).toMatch(/\w{3,}/);
  });

  it.each(strippings)('and nothing more when it is restored once more: %s', (_what, _before, _fields, after) => {
    expect(elsewhere(after)).toMatchObject({ manifests: [after], notRestored: [] });
  });

  it('is not None of a headless Service, a volume that comes along, a selector that a person made, or what is empty', () => {
    const whole = [
      object('Service', 'db', { spec: { clusterIP: 'None', clusterIPs: ['None'] } }),
      object('PersistentVolume', 'disk'),
      object('PersistentVolumeClaim', 'a', { spec: { volumeName: 'disk' } }),
      object('batch/Job', 'j', { spec: { manualSelector: true, selector: { matchLabels: { app: 'a' } } } }),
      object('apiextensions.k8s.io/CustomResourceDefinition', 'd', {
        metadata: { creationTimestamp: null },
        status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
      }),
    ];
    expect(elsewhere(...whole)).toMatchObject({ manifests: whole, notRestored: [] });
  });

  it('is on the same cluster only an owner that is gone', () => {
    const before = strippings.map(([, manifest]) => manifest);
    const { manifests, notRestored, warnings } = restore('same', ...before);
    expect(notRestored).toMatchObject([{ field: 'metadata.ownerReferences[0]' }]);
    expect(manifests).toEqual(before.with(1, strippings[1]?.[3] as Manifest));
    expect(warnings).toEqual([]);
  });
});

describe('what a person has to look at before another cluster takes over', () => {
  const role = 'arn:aws:iam::123456789012:role/shop';
  const balancer = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/6d0ecf831eec9f09';
  const affinity = {
    matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] }],
  };
  const cases: readonly (readonly [string, Manifest, string, string])[] = [
    [
      'a role',
      object('ServiceAccount', 'app', annotated('eks.amazonaws.com/role-arn', role)),
      'metadata.annotations["eks.amazonaws.com/role-arn"]',
      role,
    ],
    ['a load balancer', object('ConfigMap', 'a', { data: { target: `see ${balancer}` } }), 'data.target', balancer],
    ['a zone', object('Pod', 'a', { spec: { affinity } }), 'spec.affinity.matchExpressions[0].values[0]', 'eu-west-1a'],
    ['a region', object('ConfigMap', 'a', { data: { region: 'us-gov-west-1' } }), 'data.region', 'us-gov-west-1'],
    ['an account', object('ConfigMap', 'a', { data: { account: '123456789012' } }), 'data.account', '123456789012'],
    [
      'a registry',
      object('Pod', 'a', { spec: { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1' } }),
      'spec.image',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    ],
    [
      'a security group',
      object('Service', 'a', annotated('example.com/groups', 'sg-0123456789abcdef0')),
      'metadata.annotations["example.com/groups"]',
      'sg-0123456789abcdef0',
    ],
  ];
  it.each(cases)('has %s in it, and leaves it as it is', (_what, manifest, field, value) => {
    const { manifests, warnings } = elsewhere(manifest);
    expect(manifests).toEqual([manifest]);
    expect(warnings).toEqual([
      { ref: expect.objectContaining({ kind: manifest.kind }), field, value, message: expect.stringMatching(/\w{3,}/) },
    ]);
  });

  it('has nothing of the data of Secrets in it, and nothing of plain texts', () => {
    const secret = object('Secret', 's', { stringData: { role } });
    expect(elsewhere(secret, object('ConfigMap', 'a', { data: { text: 'a-b-1', key: 'web-1a' } })).warnings).toEqual(
      [],
    );
  });
});

describe('the cluster that a snapshot was taken on', () => {
  const prod = { name: 'prod', server: 'https://prod', uid: 'u1' };
  it.each([
    ['the same uid under another name', prod, { name: 'copy', server: 'https://copy', uid: 'u1' }, true],
    ['another uid behind the same name and server', prod, { ...prod, uid: 'u2' }, false],
    ['no uid, the same name', { name: 'prod', server: 'https://a' }, { ...prod, server: 'https://b' }, true],
    ['no uid, the same server', { name: 'a', server: 'https://prod' }, prod, true],
    ['no uid, nothing the same', { name: 'a', server: 'https://a' }, prod, false],
  ])('is known by %s', (_how, taken, target, same) => {
    expect(isSameCluster(taken, target)).toBe(same);
  });
});

it('restores what it restored as it is', () => {
  const anything = fc.array(fc.constantFrom(...leftOut, ...kept, ...strippings.map(([, before]) => before)), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(anything, (manifests) => {
      const once = elsewhere(...manifests);
      const again = elsewhere(...once.manifests);
      expect(again.manifests).toEqual(once.manifests);
      expect(again.notRestored).toEqual([]);
    }),
  );
});
