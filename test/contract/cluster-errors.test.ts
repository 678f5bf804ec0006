import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterError } from '../../shared/errors.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { eventually } from '../support/eventually.ts';
import { address, addressOf, type ClusterBed, conditionsFor, configMap, openClusterBed } from './cluster-bed.ts';

type Case = {
  readonly title: string;
  readonly manifest: (namespace: string) => Manifest;
  readonly code: string;
  readonly status?: number;
  readonly message: string;
};

const deployment = (namespace: string, spec: object): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    ...spec,
  },
});

const secret = (namespace: string, more: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys', namespace },
  ...more,
});

const cases: readonly Case[] = [
  {
    title: 'an invalid value, with its field',
    manifest: (namespace) => deployment(namespace, { replicas: -1 }),
    code: 'cluster-refused',
    status: 422,
    message:
      'Deployment NS/web: server-side apply failed (422 Invalid): spec.replicas: Invalid value: -1: must be greater than',
  },
  {
    title: 'a misspelt field, with its path',
    manifest: (namespace) => deployment(namespace, { replicaz: 1 }),
    code: 'cluster-refused',
    message: 'Deployment NS/web: server-side apply failed (500): spec.replicaz: field not declared in schema',
  },
  {
    title: 'a value of the wrong type, with both',
    manifest: (namespace) => configMap(namespace, 'typed', { data: { port: 80 as unknown as string } }),
    code: 'cluster-refused',
    message: 'ConfigMap NS/typed: server-side apply failed (500): data.port: expected string, got 80',
  },
  {
    title: 'an absent namespace, with the sync option that makes it',
    manifest: () => configMap('no-such', 'homeless'),
    code: 'cluster-refused',
    status: 404,
    message: 'ConfigMap no-such/homeless: server-side apply failed (404 NotFound): namespaces "no-such" not found',
  },
  {
    title: 'a namespaced object without a namespace',
    manifest: () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } }),
    code: 'cluster-refused',
    message: 'ConfigMap lost: its kind is namespaced, and no namespace is given',
  },
  {
    title: 'a kind that is not served',
    manifest: (namespace) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace } }),
    code: 'cluster-refused',
    message: 'does not serve kind Widget in version example.com/v1',
  },
];

describe('A ClusterError', () => {
  let bed: ClusterBed;
  const failure = async (call: Promise<unknown>): Promise<ClusterError> => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ClusterError)) throw new Error(`Not a ClusterError: ${String(error)}`);
    return error;
  };
  beforeAll(async () => {
    bed = await openClusterBed();
  });
  afterAll(() => bed.close());

  it.each(cases)('tells of $title', async ({ manifest, code, status, message }) => {
    const error = await failure(bed.cluster.apply(manifest(bed.namespace)));
    expect(error.message).toContain(message.replace('NS', bed.namespace));
    expect(error).toMatchObject({ code, retryable: false, hint: expect.stringMatching(/\w/) });
    if (status !== undefined) expect(error.status).toBe(status);
  });

  it('is raised for what the manifest says after one request', async () => {
    bed.sent.length = 0;
    await failure(bed.cluster.apply(deployment(bed.namespace, { replicaz: 1 })));
    expect(bed.sent.filter(({ verb }) => verb === 'apply')).toHaveLength(1);
  });

  it('tells of an immutable field, and what to do', async () => {
    await bed.cluster.apply(deployment(bed.namespace, { replicas: 0 }));
    const template = { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
    const changed = deployment(bed.namespace, { selector: { matchLabels: { app: 'api' } }, template });
    const error = await failure(bed.cluster.apply(changed));
    expect(error.message).toContain('spec.selector: Invalid value');
    expect(error.message).toContain('field is immutable');
    expect(error.hint).toContain('cannot change once the object exists');
  });

  it('says who may not do what, for reads, lists and writes', async () => {
    const kubeconfig = await bed.addUser('nobody-special');
    const cluster = await bed.open({ kubeconfig });
    const target = address({ kind: 'Secret', namespace: bed.namespace, name: 'keys' });
    const kind = (await cluster.facts()).served.find((served) => served.kind === 'Secret');
    if (kind === undefined) throw new Error('Secret is not served');
    const calls = [
      { verb: 'get', call: () => cluster.read(target) },
      { verb: 'get', call: () => cluster.readMetadata(target) },
      { verb: 'list', call: () => cluster.list({ kind, namespace: bed.namespace }) },
      { verb: 'patch', call: () => cluster.apply(secret(bed.namespace, {})) },
      { verb: 'delete', call: () => cluster.delete(target, { uid: 'x', propagation: 'Background' }) },
    ];
    for (const { verb, call } of calls) {
      const error = await failure(call());
      expect(error).toMatchObject({ code: 'cluster-forbidden', status: 403 });
      expect(error.message).toContain(`User "nobody-special" cannot ${verb} resource "secrets"`);
    }
  });

  it.each([
    { title: 'a value that is no base64', more: { data: { password: 'hunter2!' } } },
    { title: 'a value of the wrong type', more: { data: { password: ['hunter2'] } } },
    { title: 'a misspelt field', more: { stringDatas: { password: 'hunter2' } } },
    { title: 'an invalid label', more: { metadata: { name: 'keys', namespace: '', labels: { key: 'hunter2 !' } } } },
  ])('quotes nothing that a Secret holds: $title', async ({ more }) => {
    const manifest = secret(bed.namespace, more);
    const placed = { ...manifest, metadata: { ...manifest.metadata, namespace: bed.namespace } };
    for (const call of [() => bed.cluster.apply(placed), () => bed.cluster.dryRunApply(placed)]) {
      const error = await failure(call());
      expect(`${error.message} ${error.hint} ${String(error.cause)} ${error.stack}`).not.toContain('hunter2');
      expect(error.message).toContain(`Secret ${bed.namespace}/keys: server-side`);
    }
  });

  it('passes on why an admission policy says no', async () => {
    const policy: Manifest = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `${bed.namespace}-policy` },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': bed.namespace } },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
          ],
        },
        validations: [{ expression: "object.metadata.name != 'banned'", message: 'this name is banned' }],
      },
    };
    const binding: Manifest = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${bed.namespace}-policy` },
      spec: { policyName: `${bed.namespace}-policy`, validationActions: ['Deny'] },
    };
    const made = [await bed.cluster.apply(policy), await bed.cluster.apply(binding)];
    const error = await eventually('the policy is in force', () =>
      bed.cluster.dryRunApply(configMap(bed.namespace, 'banned')).then(
        () => undefined,
        (reason: unknown) => reason as ClusterError,
      ),
    );
    for (const live of made) await bed.cluster.delete(addressOf(live), conditionsFor(live));
    expect(error).toMatchObject({ code: 'cluster-refused', retryable: false });
    expect(error.message).toContain(`ConfigMap ${bed.namespace}/banned: server-side dry run failed (422 Invalid)`);
    expect(error.message).toContain('this name is banned');
  });

  it('tells of a namespace that is being deleted, as something that may pass', async () => {
    const name = `${bed.namespace}-ending`;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const live = await bed.cluster.apply(namespace);
    const held = {
      ...configMap(name, 'held'),
      metadata: { name: 'held', namespace: name, finalizers: ['plumbline.test/held'] },
    };
    await bed.cluster.apply(held);
    await bed.cluster.delete(addressOf(live), conditionsFor(live));
    const error = await failure(bed.cluster.apply(configMap(name, 'late')));
    await bed.cluster.apply(configMap(name, 'held')).catch(() => undefined);
    expect(error).toMatchObject({ code: 'cluster-refused', status: 403, retryable: true });
    expect(error.message).toContain('being terminated');
  });
});
