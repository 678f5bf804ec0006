import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { definition, manifest, normalise, shop, targetsOf, wave, withOptions } from './samples.ts';

const [config, secret] = [manifest('ConfigMap', 'web'), manifest('Secret', 'web')];

function only(given: Manifest, application = shop): Manifest | undefined {
  return targetsOf([given], application)[0]?.manifest;
}

function hook(annotations: Record<string, string>): Manifest {
  return manifest('Job', 'migrate', { annotations });
}

describe('targets', () => {
  it('puts namespaced objects into the destination namespace unless they name their own', () => {
    expect(only(config)?.metadata.namespace).toBe('shop');
    expect(only(manifest('ConfigMap', 'web', { namespace: 'other' }))?.metadata.namespace).toBe('other');
  });

  it('takes the namespace off cluster-scoped objects', () => {
    expect(only(manifest('ClusterRole', 'reader', { namespace: 'shop' }))?.metadata.namespace).toBeUndefined();
  });

  it('tracks every object, CRDs too', () => {
    expect(only(config)?.metadata).toMatchObject({
      labels: { 'plumbline.dev/app': 'shop' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/web' },
    });
    expect(only(definition('Widget'))?.metadata.annotations).toEqual({
      'argocd.argoproj.io/tracking-id': 'shop:apiextensions.k8s.io/CustomResourceDefinition:shop/widgets.example.com',
    });
  });

  it('drops what only the API server writes', () => {
    const exported = manifest('ConfigMap', 'web', {
      uid: '1',
      resourceVersion: '2',
      managedFields: [],
      creationTimestamp: null,
    });
    expect(Object.keys(only(exported)?.metadata ?? {}).sort()).toEqual(['annotations', 'labels', 'name', 'namespace']);
  });

  it('folds stringData into data', () => {
    const folded = only({ ...secret, data: { kept: 'YQ==', both: 'YQ==' }, stringData: { both: 'ü', new: '' } });
    expect(folded).toMatchObject({ data: { kept: 'YQ==', both: 'w7w=', new: '' } });
    expect(folded).not.toHaveProperty('stringData');
  });

  it('reads the wave', () => {
    const waves = (annotations: Record<string, string>): number | undefined =>
      targetsOf([manifest('ConfigMap', 'a', { annotations })])[0]?.wave;
    expect(waves({ 'argocd.argoproj.io/sync-wave': '-5' })).toBe(-5);
    expect(waves({ 'argocd.argoproj.io/sync-wave': 'soon', 'helm.sh/hook-weight': '3' })).toBe(3);
    expect(waves({ 'argocd.argoproj.io/sync-wave': '1.5' })).toBe(0);
    expect(waves({})).toBe(0);
  });

  it('knows kinds that a CRD of the render defines, and their scope', () => {
    const { targets, problems } = normalise([
      definition('Widget'),
      definition('Plane', {}, 'Cluster'),
      manifest('Widget', 'a'),
      manifest('Plane', 'b'),
    ]);
    expect(problems).toEqual([]);
    expect(targets.map(({ ref, kind }) => [ref.kind, ref.namespace, kind?.kind])).toEqual([
      ['CustomResourceDefinition', '', 'CustomResourceDefinition'],
      ['CustomResourceDefinition', '', 'CustomResourceDefinition'],
      ['Widget', 'shop', undefined],
      ['Plane', '', undefined],
    ]);
  });

  it('takes unknown kinds as namespaced where SkipDryRunOnMissingResource says so', () => {
    const { targets } = normalise([manifest('Widget', 'a')], withOptions('SkipDryRunOnMissingResource=true'));
    expect(targets.map(({ ref }) => ref.namespace)).toEqual(['shop']);
  });

  it('changes its hash with the manifest alone', () => {
    const hashes = [config, config, { ...config, data: { a: '1' } }].map((given) => targetsOf([given])[0]?.hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });
});

describe('problems', () => {
  it.each<[string, Manifest, RegExp]>([
    [
      'an unknown kind',
      manifest('Widget', 'a'),
      /does not serve example.com\/v1 Widget, and no CustomResourceDefinition/,
    ],
    [
      'a version that is not served',
      { ...manifest('Deployment', 'a'), apiVersion: 'apps/v1beta1' },
      /it serves apps\/v1: change/,
    ],
    ['generateName', manifest('Job', '', { generateName: 'a-' }), /generateName/],
    ['no name', manifest('Job', ''), /metadata.name is missing/],
    ['stringData that is no string', { ...secret, stringData: { port: 80 } }, /^stringData.port must be a string/],
  ])('refuses %s', (_title, given, message) => {
    const { targets, problems } = normalise([given]);
    expect(targets).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
  });

  it('refuses an object without any namespace', () => {
    const nowhere = { ...shop, destination: { server: 'https://prod', namespace: '' } };
    expect(normalise([config], nowhere).problems[0]?.message).toMatch(/spec.destination.namespace/);
  });

  it('refuses two objects of one identity, however their namespace is written', () => {
    const { problems } = normalise([config, manifest('ConfigMap', 'web', { namespace: 'shop' })]);
    expect(problems.map(({ message }) => message)).toEqual([
      'it is defined more than once: remove or rename all but one',
    ]);
  });
});

describe('hooks and declarations', () => {
  it.each<[string, Record<string, string>, 'target' | 'hook' | 'left out']>([
    ['no annotation', {}, 'target'],
    ['PreSync', { 'argocd.argoproj.io/hook': 'PreSync' }, 'hook'],
    ['Skip', { 'argocd.argoproj.io/hook': 'Skip' }, 'left out'],
    ['Skip with another', { 'argocd.argoproj.io/hook': 'Skip, PostSync' }, 'hook'],
    ['an unknown word', { 'argocd.argoproj.io/hook': 'PreSnyc' }, 'hook'],
    ['helm pre-install', { 'helm.sh/hook': 'pre-install,pre-upgrade' }, 'hook'],
    ['helm crd-install', { 'helm.sh/hook': 'crd-install' }, 'target'],
    ['helm test', { 'helm.sh/hook': 'test' }, 'left out'],
    ['helm test beside PostSync', { 'helm.sh/hook': 'test', 'argocd.argoproj.io/hook': 'PostSync' }, 'hook'],
  ])('sorts %s', (_title, annotations, place) => {
    const { targets, hooks, problems } = normalise([hook(annotations)]);
    expect(problems).toEqual([]);
    expect([targets.length, hooks.length]).toEqual([place === 'target' ? 1 : 0, place === 'hook' ? 1 : 0]);
  });

  it('lets a hook be named by generateName', () => {
    const { hooks, problems } = normalise([
      manifest('Job', '', { generateName: 'a-', annotations: { 'argocd.argoproj.io/hook': 'Sync' } }),
    ]);
    expect([hooks.length, problems]).toEqual([1, []]);
  });

  it.each(['Application', 'ApplicationSet', 'AppProject'])('gives %s objects back as they are', (kind) => {
    const declared: Manifest = { apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name: 'child' } };
    expect(normalise([declared])).toEqual({ targets: [], hooks: [], problems: [], declarations: [declared] });
  });
});

describe('normalising', () => {
  const kind = fc.constantFrom('ConfigMap', 'Secret', 'Deployment', 'Namespace', 'ClusterRole');
  const given = fc.record({
    kind,
    name: fc.stringMatching(/^[a-z]{1,4}$/),
    number: fc.integer({ min: -3, max: 3 }),
    text: fc.string(),
  });

  it('changes nothing that is normalised already', () => {
    fc.assert(
      fc.property(fc.uniqueArray(given, { selector: ({ kind: k, name }) => `${k}/${name}` }), (objects) => {
        const manifests = objects.map((one) => ({
          ...manifest(one.kind, one.name, { ...wave(one.number), namespace: 'other' }),
          ...(one.kind === 'Secret' ? { stringData: { text: one.text } } : {}),
        }));
        const once = targetsOf(manifests);
        expect(targetsOf(once.map((target) => target.manifest))).toEqual(once);
      }),
    );
  });
});
