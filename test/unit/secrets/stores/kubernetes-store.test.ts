import { describe, expect, it } from '@jest/globals';
import { parseKubernetesStore } from '../../../../shared/secrets/stores/kubernetes-store.ts';

const where = { kind: 'ClusterSecretStore', namespace: '', name: 'cluster' } as const;
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const parse = (spec: unknown): unknown => parseKubernetesStore(spec, where);
const account = { name: 'reader', audiences: [] };

describe('a Kubernetes store', () => {
  it('means the namespace default of the same cluster when it says nothing', () => {
    expect(parse({})).toEqual({ type: 'kubernetes', remoteNamespace: 'default' });
  });

  it.each([
    'kubernetes.default',
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc.cluster.local:443/',
  ])('means the same cluster by %s, whose CA is known', (url) => {
    const caProvider = { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' };
    const spec = { server: { url, caProvider }, auth: { serviceAccount: { name: 'reader' } }, remoteNamespace: 'shop' };
    expect(parse(spec)).toEqual({
      type: 'kubernetes',
      remoteNamespace: 'shop',
      auth: { type: 'service-account', account },
    });
  });

  it.each([
    [{ token: { bearerToken: { name: 'proof' } } }, { type: 'token', token: { name: 'proof', key: 'token' } }],
    [{ serviceAccount: { name: 'reader' } }, { type: 'service-account', account }],
    [
      { cert: { clientCert: { name: 'proof' }, clientKey: { name: 'proof', key: 'k' } } },
      { type: 'cert', clientCert: { name: 'proof', key: 'tls.crt' }, clientKey: { name: 'proof', key: 'k' } },
    ],
  ])('means another cluster by its URL and proof', (auth, expected) => {
    const server = { url: 'https://other.example:6443', caBundle: Buffer.from(pem).toString('base64') };
    expect(parse({ server, auth, remoteNamespace: 'shop' })).toEqual({
      type: 'kubernetes',
      server: { url: 'https://other.example:6443', caBundle: pem },
      auth: expected,
      remoteNamespace: 'shop',
    });
  });

  it.each<[string, object, string]>([
    ['a kubeconfig', { authRef: { name: 'c', key: 'c' } }, 'authRef is not supported'],
    ['another cluster and no proof', { server: { url: 'https://other.example' } }, 'auth is missing'],
    ['no proof in auth', { auth: {} }, 'exactly one of serviceAccount, token and cert'],
    ['two proofs', { auth: { serviceAccount: account, token: { bearerToken: { name: 'p' } } } }, 'exactly one of'],
    ['a URL that is none', { server: { url: 'other.example' } }, 'server.url is not the URL of an API server'],
    ['a namespace that is none', { remoteNamespace: '../kube-system' }, 'remoteNamespace'],
  ])('with %s is refused', (_, spec, problem) => {
    expect(() => parse(spec)).toThrow(problem);
    expect(() => parse(spec)).toThrow(expect.objectContaining({ code: 'secret-invalid' }));
  });
});
