import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { createKubernetesStores } from '../../shared/adapters/kubernetes/kubernetes-stores.ts';
import type { KubernetesSecretStore } from '../../shared/adapters/kubernetes/store-target.ts';
import { revealSecret } from '../../shared/model/secret-value.ts';
import type { StoreAccess } from '../../shared/secret-ports.ts';
import { failureOf } from '../support/failure-of.ts';
import { type ClusterBed, openClusterBed } from './cluster-bed.ts';
import { canary, conceal, type ProviderBed, secretProviderContract, textOf } from './secret-provider.ts';

let bed: ClusterBed;

beforeAll(async () => {
  bed = await openClusterBed();
});

afterAll(() => bed.close());

secretProviderContract('Kubernetes, the same cluster,', () => openBed((namespace) => storeOf(namespace)));

secretProviderContract('Kubernetes, by its URL and as a ServiceAccount,', () =>
  openBed(async (namespace) => {
    await grantReading(namespace);
    return storeOf(namespace, {
      server: { url: bed.server, caProvider: { kind: 'ConfigMap', key: { name: 'ca', key: 'ca.crt' } } },
      auth: { type: 'service-account', account: { name: 'reader', audiences: [] } },
    });
  }),
);

describe('a Kubernetes store', () => {
  it('reads with the rights of the ServiceAccount that it names, not with our own', async () => {
    const namespace = await makeNamespace();
    await bed.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
    await putSecret(namespace, 'shop', { password: 'c4n4ry-of-nobody' });
    const stores = createKubernetesStores({ conceal });
    const auth = { type: 'service-account', account: { name: 'reader', audiences: [] } } as const;
    const provider = await stores.open(storeOf(namespace, { auth }), accessOf(namespace));
    const answer = await provider.read({ key: 'shop' });
    const error = answer.state === 'failed' ? answer.error : undefined;
    expect(error).toMatchObject({ code: 'secret-denied', message: expect.stringContaining(`${namespace}/shop`) });
    expect(error?.hint).toContain('the verb get on secrets');
    expect(await failureOf(provider.find({}))).toMatchObject({ code: 'secret-denied' });
    await grantReading(namespace);
    expect(textOf(await provider.read({ key: 'shop' }))).toBe('{"password":"c4n4ry-of-nobody"}');
    await stores.close();
  });

  it('keeps bytes that are no text, and escapes as JSON does', async () => {
    const namespace = await makeNamespace();
    const bytes = Buffer.from([0, 10, 34, 92, 127, 128, 255, 65]);
    await bed.core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 'shop' }, data: { 'key.bin': bytes.toString('base64') } },
    });
    const stores = createKubernetesStores({ conceal });
    const provider = await stores.open(storeOf(namespace), accessOf(namespace));
    const answer = await provider.read({ key: 'shop' });
    const json = answer.state === 'found' ? Buffer.from(revealSecret(answer.value)).toString('latin1') : '';
    expect(Buffer.from(JSON.parse(json)['key.bin'], 'latin1').equals(bytes)).toBe(true);
    await stores.close();
  });

  it('says that a version is gone, and that a name is none', async () => {
    const namespace = await makeNamespace();
    await putSecret(namespace, 'shop', { password: canary('shop') });
    const stores = createKubernetesStores({ conceal });
    const provider = await stores.open(storeOf(namespace), accessOf(namespace));
    const gone = await provider.read({ key: 'shop', version: '1' });
    expect(gone).toMatchObject({ state: 'failed', error: { code: 'secret-absent' } });
    const climbing = await provider.read({ key: '../configmaps/ca' });
    expect(climbing).toMatchObject({ state: 'failed', error: { code: 'secret-invalid' } });
    await stores.close();
  });
});

describe('a token of a ServiceAccount', () => {
  it('has the audiences that were asked for, and ten minutes', async () => {
    const namespace = await makeNamespace();
    await bed.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'app' } } });
    const token = await bed.cluster.requestToken({ name: 'app', namespace, audiences: ['vault', 'sts'] });
    const [, payload = ''] = Buffer.from(revealSecret(token)).toString().split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({ aud: ['vault', 'sts'], sub: `system:serviceaccount:${namespace}:app` });
    expect(claims.exp - claims.iat).toBe(600);
  });

  it('is not given for an account that does not exist', async () => {
    const namespace = await makeNamespace();
    const error = await failureOf(bed.cluster.requestToken({ name: 'nobody', namespace, audiences: [] }));
    expect(error).toMatchObject({ code: 'secret-absent', message: expect.stringContaining(`${namespace}/nobody`) });
  });

  it('is not given to who may not ask for it', async () => {
    const namespace = await makeNamespace();
    await bed.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'app' } } });
    const kubeconfig = await bed.addUser('nosy');
    const cluster = await bed.open({ kubeconfig });
    const error = await failureOf(cluster.requestToken({ name: 'app', namespace, audiences: [] }));
    expect(error).toMatchObject({ code: 'secret-denied', hint: expect.stringContaining('serviceaccounts/token') });
  });
});

type Store = KubernetesSecretStore['provider'];

function storeOf(remoteNamespace: string, more: Partial<Store> = {}): KubernetesSecretStore {
  return {
    ref: { kind: 'SecretStore', namespace: 'shop', name: 'cluster' },
    conditions: [],
    provider: { type: 'kubernetes', remoteNamespace, ...more },
  };
}

async function openBed(
  storeFor: (namespace: string) => KubernetesSecretStore | Promise<KubernetesSecretStore>,
): Promise<ProviderBed> {
  const namespace = await makeNamespace();
  const stores = createKubernetesStores({ conceal });
  return {
    provider: await stores.open(await storeFor(namespace), accessOf(namespace)),
    put: (key, value, tags) => putSecret(namespace, key, JSON.parse(Buffer.from(value).toString()), tags),
    remove: async (name) => {
      await bed.core.deleteNamespacedSecret({ namespace, name });
    },
    metadata: true,
    tags: true,
    close: () => stores.close(),
  };
}

async function makeNamespace(): Promise<string> {
  const name = `secrets-${randomUUID().slice(0, 8)}`;
  await bed.core.createNamespace({ body: { metadata: { name } } });
  return name;
}

async function putSecret(
  namespace: string,
  name: string,
  stringData: { readonly [key: string]: string },
  labels: { readonly [key: string]: string } = {},
): Promise<void> {
  await bed.core.deleteNamespacedSecret({ namespace, name }).catch(() => undefined);
  await bed.core.createNamespacedSecret({ namespace, body: { metadata: { name, labels }, stringData } });
}

async function grantReading(namespace: string): Promise<void> {
  const subject = { kind: 'ServiceAccount', name: 'reader', namespace };
  await bed.core
    .createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } })
    .catch(() => undefined);
  await bed.rbac.createNamespacedRole({
    namespace,
    body: {
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
    },
  });
  await bed.rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [subject],
    },
  });
}

function accessOf(namespace: string): StoreAccess {
  const config = new KubeConfig();
  config.loadFromFile(bed.kubeconfig);
  const ca = Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString();
  return {
    namespace,
    cluster: bed.cluster,
    readSecretKey: async () => conceal(Buffer.from('')),
    readConfigMapKey: async () => ca,
    requestToken: (account) => bed.cluster.requestToken({ ...account, namespace }),
    readAccountAnnotation: async () => undefined,
  };
}
