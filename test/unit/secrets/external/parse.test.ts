import { describe, expect, it } from '@jest/globals';
import { expandClusterExternalSecret } from '../../../../shared/secrets/external/expand.ts';
import { parseClusterExternalSecret } from '../../../../shared/secrets/external/parse-cluster-external-secret.ts';
import { parseExternalSecret } from '../../../../shared/secrets/external/parse-external-secret.ts';
import { referencesOf } from '../../../../shared/secrets/external/references.ts';
import { failure, manifestOf } from './bed.ts';

const rows = [{ secretKey: 'a', remoteRef: { key: 'a' } }];
const problem = (spec: object, apiVersion?: string) =>
  failure(() => parseExternalSecret(manifestOf({ spec: spec as never }, apiVersion)));
const target = (fields: object) => ({ data: rows, target: fields });
const template = (fields: object) => target({ template: fields });
const from = (entry: object) => ({ dataFrom: [entry] });

describe('an ExternalSecret', () => {
  it('has the defaults of the controller, whether they are written, left out, empty or null', () => {
    const plain = parseExternalSecret(manifestOf({ spec: { data: rows } }));
    const remoteRef = {
      key: 'a',
      conversionStrategy: 'Default',
      decodingStrategy: 'None',
      metadataPolicy: 'None',
      property: '',
    };
    const spec = {
      secretStoreRef: { name: 'aws', kind: 'SecretStore' },
      refreshPolicy: '',
      refreshInterval: '1h0m0s',
      syncWindows: null,
      target: { creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: [{ secretKey: 'a', remoteRef }],
    };
    const written = parseExternalSecret(manifestOf({ spec }, 'external-secrets.io/v1beta1'));
    expect({ ...written, spec: {} }).toEqual({ ...plain, spec: {} });
    expect(plain).toMatchObject({
      refreshPolicy: 'Periodic',
      refreshIntervalMs: 3_600_000,
      target: { name: 'web', creationPolicy: 'Owner', deletionPolicy: 'Retain', immutable: false },
      data: [{ store: { kind: 'SecretStore', namespace: 'apps', name: 'aws' } }],
    });
  });

  it.each([
    ['1h30m', 5_400_000],
    ['0', 0],
    ['0s', 0],
    ['-1h', -3_600_000],
    ['1.5s', 1_500],
  ])('has a refresh interval as Go writes it: %s', (refreshInterval, milliseconds) => {
    expect(parseExternalSecret(manifestOf({ spec: { data: rows, refreshInterval } })).refreshIntervalMs).toBe(
      milliseconds,
    );
  });

  it.each([
    [{}, 'spec has neither data nor dataFrom'],
    [{ data: rows, refreshInterval: '1 day' }, 'spec.refreshInterval is no duration such as 1h30m'],
    [{ data: rows, refreshInterval: 0 }, 'spec.refreshInterval is not a text'],
    [{ data: rows, dta: [] }, 'spec has fields that are not known: dta (did you mean data?)'],
    [
      { data: rows, target: { nam: 'a', x: 1 } },
      'spec.target has fields that are not known: nam (did you mean name?), x',
    ],
    [{ data: [...rows, ...rows] }, 'spec.data[1].secretKey a is there twice'],
    [{ data: [{ secretKey: 'a/b', remoteRef: { key: 'a' } }] }, 'spec.data[0].secretKey is no key of a Secret'],
    [{ data: [{ secretKey: 'a', remoteRef: {} }] }, 'spec.data[0].remoteRef.key is missing; it has to be a text'],
    [
      { data: [{ secretKey: 'a', remoteRef: { key: 'a', decodingStrategy: 'base64' } }] },
      'decodingStrategy is none of None, Base64, Base64URL, Auto',
    ],
    [
      {
        data: [
          { secretKey: 'a', remoteRef: { key: 'a' }, sourceRef: { generatorRef: { kind: 'Password', name: 'p' } } },
        ],
      },
      'spec.data[0].sourceRef.generatorRef does nothing there',
    ],
    [{ secretStoreRef: null, data: rows }, 'spec.data[0] has no store'],
    [from({}), 'spec.dataFrom[0] needs exactly one of extract, find and sourceRef.generatorRef'],
    [from({ extract: { key: 'a' }, find: { name: { regexp: 'a' } } }), 'needs exactly one of'],
    [from({ sourceRef: { storeRef: { name: 'x' } } }), 'needs exactly one of'],
    [from({ find: {} }), 'spec.dataFrom[0].find has neither name nor tags'],
    [
      from({ find: { name: { regexp: '(?=x)' } } }),
      'spec.dataFrom[0].find.name.regexp is not a regular expression that RE2 understands',
    ],
    [
      from({ extract: { key: 'a' }, rewrite: [{}] }),
      'spec.dataFrom[0].rewrite[0] needs exactly one of regexp, transform and merge',
    ],
    [from({ extract: { key: 'a' }, rewrite: [{ merge: { strategy: 'JSON' } }] }), 'rewrite[0].merge.into is missing'],
    [
      from({ extract: { key: 'a' }, rewrite: [{ regexp: { source: '(', target: '' } }] }),
      'rewrite[0].regexp.source is not',
    ],
    [
      from({ sourceRef: { generatorRef: { kind: 'VaultDynamicSecret', name: 'x' } } }),
      'generatorRef.kind VaultDynamicSecret is not supported',
    ],
    [
      from({ sourceRef: { generatorRef: { apiVersion: 'v1', kind: 'Password', name: 'x' } } }),
      'generatorRef.apiVersion is not generators.external-secrets.io/v1alpha1',
    ],
    [
      target({ deletionPolicy: 'Delete', creationPolicy: 'Merge' }),
      'spec.target.deletionPolicy Delete does not go with creationPolicy Merge',
    ],
    [target({ deletionPolicy: 'Delete', creationPolicy: 'None' }), 'does not go with creationPolicy None'],
    [
      target({ deletionPolicy: 'Delete', creationPolicy: 'CreateOrMerge' }),
      'does not go with creationPolicy CreateOrMerge',
    ],
    [target({ deletionPolicy: 'Merge', creationPolicy: 'None' }), 'there is no Secret to merge with'],
    [target({ manifest: { apiVersion: 'v1', kind: 'Secret' } }), 'spec.target.manifest is a Secret'],
    [
      template({ engineVersion: 'v1' }),
      'spec.target.template.engineVersion is not v2: the first template engine no longer exists',
    ],
    [
      template({ type: 'bootstrap.kubernetes.io/token' }),
      'spec.target.template.type bootstrap.kubernetes.io/token would let nodes into',
    ],
    [
      template({
        type: 'kubernetes.io/service-account-token',
        metadata: { annotations: { 'kubernetes.io/service-account.name': 'x' } },
      }),
      'would make a token',
    ],
    [
      template({ type: 'kubernetes.io/service-account-token', metadata: { annotations: { a: '{{ .x }}' } } }),
      'does not go with templates of annotations',
    ],
    [
      template({
        type: 'kubernetes.io/service-account-token',
        templateFrom: [{ target: 'Annotations', literal: 'a: b' }],
      }),
      'does not go with templates of annotations',
    ],
    [
      template({ templateFrom: [{ target: 'spec', literal: 'a: b' }] }),
      'spec.target.template.templateFrom[0].target is none that can be written to',
    ],
    [template({ templateFrom: [{}] }), 'templateFrom[0] needs one of configMap, secret and literal'],
  ])('breaks no rule of admission: %j', (spec, text) => {
    const { code, message, hint, object } = problem(spec);
    expect({ code, object }).toEqual({ code: 'secret-invalid', object: 'ExternalSecret apps/web' });
    expect(message).toContain(text);
    expect(hint).toBeDefined();
  });

  it('tells all that is wrong at once', () => {
    const { message } = problem({ ...target({ deletionPolicy: 'Merge', creationPolicy: 'None' }), ...from({}) });
    expect(message.split('\n')).toHaveLength(3);
  });

  it.each([
    ['spec.syncWindows', { data: rows, syncWindows: { kind: 'allow' } }],
    ['CreateOrMerge', target({ creationPolicy: 'CreateOrMerge' })],
    ['rewrite[0].merge', from({ extract: { key: 'a' }, rewrite: [{ merge: {} }] })],
    ['nullBytePolicy', { data: [{ secretKey: 'a', remoteRef: { key: 'a', nullBytePolicy: 'Fail' } }] }],
    ['spec.target.manifest', target({ manifest: { apiVersion: 'v1', kind: 'ConfigMap' } })],
  ])('has %s in v1 only', (field, spec) => {
    expect(problem(spec, 'external-secrets.io/v1beta1').message).toContain(field);
    expect(() => parseExternalSecret(manifestOf({ spec: spec as never }))).not.toThrow();
  });

  it('refers to each thing once, rows that differ in their property alone together', () => {
    const spec = {
      data: [
        { secretKey: 'a', remoteRef: { key: 'k', property: 'x' } },
        { secretKey: 'b', remoteRef: { key: 'k', property: 'y' } },
        { secretKey: 'c', remoteRef: { key: 'k', version: '2', metadataPolicy: 'Fetch' } },
        { secretKey: 'd', remoteRef: { key: 'k' }, sourceRef: { storeRef: { name: 's', kind: 'ClusterSecretStore' } } },
      ],
      dataFrom: [
        { extract: { key: 'k' } },
        { find: { path: 'p', name: { regexp: 'x' } } },
        { sourceRef: { generatorRef: { kind: 'ClusterGenerator', name: 'g' } } },
      ],
      target: { template: { templateFrom: [{ secret: { name: 't', items: [{ key: 'x' }] } }, { literal: 'a: b' }] } },
    };
    const aws = { kind: 'SecretStore', namespace: 'apps', name: 'aws' };
    expect(referencesOf(parseExternalSecret(manifestOf({ spec })))).toEqual([
      { type: 'read', store: aws, address: { key: 'k' } },
      { type: 'find', store: aws, path: 'p', nameRegexp: 'x' },
      { type: 'generate', generator: { kind: 'ClusterGenerator', namespace: '', name: 'g' } },
      { type: 'read', store: aws, address: { key: 'k', version: '2', metadata: true } },
      { type: 'read', store: { kind: 'ClusterSecretStore', namespace: '', name: 's' }, address: { key: 'k' } },
      { type: 'template-source', kind: 'Secret', namespace: 'apps', name: 't' },
    ]);
  });
});

describe('a ClusterExternalSecret', () => {
  const wide = (spec: object) => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterExternalSecret',
    metadata: { name: 'wide' },
    spec: { externalSecretSpec: { secretStoreRef: { name: 'c', kind: 'ClusterSecretStore' }, data: rows }, ...spec },
  });
  const namespaces = [
    { name: 'a', labels: { team: 'x', env: 'prod' } },
    { name: 'b', labels: { team: 'y' } },
    { name: 'c', labels: {} },
  ];
  const chosen = (spec: object) =>
    expandClusterExternalSecret(parseClusterExternalSecret(wide(spec)), namespaces).map(
      ({ metadata }) => metadata.namespace,
    );

  it.each([
    [{ namespaceSelectors: [{ matchLabels: { team: 'x' } }] }, ['a']],
    [{ namespaceSelectors: [{ matchLabels: { team: 'x' } }, { matchLabels: { team: 'y' } }] }, ['a', 'b']],
    [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } }, ['a', 'b']],
    [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['x'] }] } }, ['b', 'c']],
    [
      {
        namespaceSelector: {
          matchExpressions: [
            { key: 'team', operator: 'In', values: ['x'] },
            { key: 'env', operator: 'DoesNotExist' },
          ],
        },
      },
      [],
    ],
    [{ namespaces: ['c', 'nosuch'] }, ['c']],
    [{ namespaceSelector: {} }, ['a', 'b', 'c']],
    [{}, []],
  ])('chooses namespaces: %j', (spec, names) => {
    expect(chosen(spec)).toEqual(names);
  });

  it('makes ExternalSecrets that can be read, with the name and metadata that it says', () => {
    const spec = { externalSecretName: 'es', externalSecretMetadata: { labels: { l: '1' } }, namespaces: ['b'] };
    const [made] = expandClusterExternalSecret(parseClusterExternalSecret(wide(spec)), namespaces);
    expect(made?.metadata).toEqual({ name: 'es', namespace: 'b', labels: { l: '1' }, annotations: {} });
    expect(made === undefined ? undefined : parseExternalSecret(made)).toMatchObject({
      namespace: 'b',
      data: [{ secretKey: 'a' }],
    });
  });
});
