import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts } from '../../../../shared/model/cluster.ts';
import type { Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { familyMode, secretRole, shellOf, targetOf } from '../../../../shared/plan/secrets/secret-kinds.ts';

const manifest = (apiVersion: string, kind: string, spec: Json = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'db', namespace: 'shop' },
  spec,
});
const external = (spec: Json = {}): Manifest => manifest('external-secrets.io/v1', 'ExternalSecret', spec);

const facts = (...served: readonly string[]): ClusterFacts => ({
  name: 'prod',
  server: 'https://prod',
  version: 'v1.36.3',
  served: served.map((name) => {
    const [group = '', kind = ''] = name.split('/');
    return { group, kind, version: 'v1', resource: kind, namespaced: true, verbs: [] };
  }),
});

describe('What a manifest is to secrets', () => {
  it.each<[apiVersion: string, kind: string, role: string | undefined]>([
    ['external-secrets.io/v1', 'ExternalSecret', 'external-secret'],
    ['external-secrets.io/v1beta1', 'ExternalSecret', 'external-secret'],
    ['external-secrets.io/v1', 'ClusterSecretStore', 'store'],
    ['external-secrets.io/v1', 'ClusterExternalSecret', 'cluster-external-secret'],
    ['external-secrets.io/v1alpha1', 'PushSecret', 'unsupported'],
    ['generators.external-secrets.io/v1alpha1', 'Password', 'generator'],
    ['bitnami.com/v1alpha1', 'SealedSecret', 'sealed-secret'],
    ['bitnami.com/v1alpha1', 'Other', undefined],
    ['v1', 'Secret', undefined],
    ['evil-external-secrets.io/v1', 'ExternalSecret', undefined],
  ])('%s %s is %s', (apiVersion, kind, role) => {
    expect(secretRole({ apiVersion, kind })?.role).toBe(role);
  });
});

describe('A family of manifests', () => {
  const mode = (given: {
    readonly annotation?: string;
    readonly mode?: 'auto' | 'resolve' | 'apply';
    readonly served?: string;
    readonly manifests?: readonly Manifest[];
  }) =>
    familyMode('external-secrets', {
      application: { annotations: given.annotation === undefined ? {} : { 'plumbline.dev/secrets': given.annotation } },
      config: { mode: given.mode ?? 'auto' },
      facts: facts(...(given.served === undefined ? [] : [given.served])),
      manifests: given.manifests ?? [],
    });
  const crd: Manifest = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'externalsecrets.external-secrets.io' },
    spec: { group: 'external-secrets.io', names: { kind: 'ExternalSecret' } },
  };

  it.each([
    ['is resolved where the cluster does not know it', {}, 'resolve'],
    ['is applied where the cluster serves it', { served: 'external-secrets.io/ExternalSecret' }, 'apply'],
    ['is applied where the application brings its CRD', { manifests: [crd] }, 'apply'],
    [
      'is resolved where the operator says so',
      { served: 'external-secrets.io/ExternalSecret', mode: 'resolve' },
      'resolve',
    ],
    ['follows the Application before the operator', { annotation: 'apply', mode: 'resolve' }, 'apply'],
    [
      'follows the Application before the cluster',
      { annotation: 'resolve', served: 'external-secrets.io/ExternalSecret' },
      'resolve',
    ],
    ['takes another word on the Application for none', { annotation: 'maybe', mode: 'apply' }, 'apply'],
  ] as const)('%s', (_what, given, expected) => {
    expect(mode(given)).toBe(expected);
  });
});

describe('The target of a manifest', () => {
  it.each<[what: string, declared: Manifest, name: string, kind: string]>([
    ['its own name', external(), 'db', 'Secret'],
    ['another name', external({ target: { name: 'other' } }), 'other', 'Secret'],
    ['its own name where the field is no text', external({ target: { name: 3 } }), 'db', 'Secret'],
    ['another kind', external({ target: { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } } }), 'db', 'ConfigMap'],
    [
      'that of a SealedSecret, whatever its spec says',
      manifest('bitnami.com/v1alpha1', 'SealedSecret', { target: { name: 'x' } }),
      'db',
      'Secret',
    ],
  ])('has %s', (_what, declared, name, kind) => {
    expect(targetOf(declared)).toMatchObject({ name, kind, namespace: 'shop' });
    expect(shellOf(declared)).not.toHaveProperty('spec');
  });
});
