import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SyncOutcome } from '../../../shared/model/sync-request.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { failureOf } from '../../support/failure-of.ts';
import { configMap } from '../../support/manifests.ts';
import { externalSecret, fakeStore } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

const marker = 'v7Qm-canary-9Zt2';
const values = {
  good: 'all-is-well',
  text: marker,
  json: JSON.stringify({ inner: marker, number: 17 }),
  nul: `${marker}\u0000${marker}`,
  big: 'x'.repeat(65_536),
  many: JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'v']))),
  [`${'a'.repeat(60)}b`]: 'all-is-well',
};

type Fields = Readonly<Record<string, unknown>>;

const store = (name: string, provider: Fields, metadata: Fields = {}): string =>
  JSON.stringify({
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name, ...metadata },
    spec: { provider },
  });
const stores = {
  'app/far.yaml': store('far', { fake: { data: [] } }, { namespace: 'elsewhere' }),
  'app/gcp.yaml': store('gcp', { gcpsm: { projectID: 'p' } }),
};
const storeNamed = (name: string, kind = 'SecretStore') => ({ secretStoreRef: { name, kind } });
const remote = (key: string, more: Fields) => [{ secretKey: 'key', remoteRef: { key, ...more } }];
const template = (text: string) => ({ target: { template: { data: { key: text } } } });
const extract = (key: string, rewrite: readonly Fields[]) => ({ dataFrom: [{ extract: { key }, rewrite }] });

type Case = {
  readonly spec?: Fields;
  readonly rows?: Readonly<Record<string, string>>;
  /** What the message and what the hint have to say. */
  readonly says: readonly (string | RegExp)[];
  readonly advises: RegExp;
};

const cases: readonly (readonly [string, Case])[] = [
  ['an unknown store', { spec: storeNamed('nowhere'), says: [/SecretStore \S+\/nowhere/], advises: /add it/ }],
  [
    'a store of the other kind',
    {
      spec: storeNamed('store', 'ClusterSecretStore'),
      says: ['ClusterSecretStore store'],
      advises: /correct the reference/,
    },
  ],
  ['a store of another namespace', { spec: storeNamed('far'), says: [/SecretStore \S+\/far/], advises: /add it/ }],
  ['a provider that is not supported', { spec: storeNamed('gcp'), says: ['gcp', 'gcpsm'], advises: /./ }],
  ['a key that is missing', { rows: { key: 'nope' }, says: ['nope', /store/], advises: /./ }],
  ['a property that is missing', { rows: { key: 'json#nope' }, says: ['json', 'nope', /store/], advises: /./ }],
  ['a property of what is no JSON', { rows: { key: 'text#inner' }, says: ['text', 'inner', /store/], advises: /./ }],
  [
    'text that is to be JSON',
    { spec: { data: undefined, ...extract('text', []) }, says: ['text', /JSON/, /store/], advises: /./ },
  ],
  [
    'NUL bytes that are not let pass',
    { spec: { data: remote('nul', { nullBytePolicy: 'Fail' }) }, says: ['nul', /NUL|null/], advises: /./ },
  ],
  [
    'text that is to be base64',
    { spec: { data: remote('text', { decodingStrategy: 'Base64' }) }, says: ['text', /base64/i], advises: /./ },
  ],
  [
    'a regular expression that Go has not',
    {
      spec: { data: undefined, ...extract('json', [{ regexp: { source: '(?=i)nner', target: 'x' } }]) },
      says: [/regular expression|regexp/i],
      advises: /./,
    },
  ],
  ['a template with a syntax error', { spec: template('{{ .key'), says: ['key', /1:\d+/], advises: /./ }],
  ['a template that wants a missing key', { spec: template('{{ .nope }}'), says: ['nope', /1:\d+/], advises: /./ }],
  ['a template that quotes a value', { spec: template('{{ fail .key }}'), says: ['key', /1:\d+/], advises: /./ }],
  [
    'a template that counts for ever',
    { spec: template('{{ range until 2000000000 }}x{{ end }}'), says: ['key'], advises: /./ },
  ],
  [
    'a template with loops in loops',
    {
      spec: template(`${'{{ range until 9000 }}'.repeat(6)}x${'{{ end }}'.repeat(6)}`),
      says: ['key'],
      advises: /./,
    },
  ],
  [
    'a template that calls itself',
    { spec: template('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'), says: ['key'], advises: /./ },
  ],
  ['a template that grows', { spec: template('{{ repeat 2000000000 .key }}'), says: ['key'], advises: /./ }],
  [
    'more than a Secret holds',
    {
      rows: { key: 'big' },
      spec: template('{{ repeat 20 .key }}'),
      says: [/1 MiB/],
      advises: /./,
    },
  ],
  ['a key that no Secret may have', { rows: { 'a/b': 'good' }, says: ['spec.data[0].secretKey'], advises: /./ }],
  [
    'an unknown field in its place',
    { spec: { data: undefined, dataFrom: [{ extract: { key: 'json' }, find: {} }] }, says: ['dataFrom'], advises: /./ },
  ],
  [
    'a value in a label',
    {
      rows: { key: 'text' },
      spec: { target: { template: { metadata: { labels: { who: '{{ .key }}' } } } } },
      says: ['who'],
      advises: /./,
    },
  ],
];

const named = cases.map(([what, wrong], index) => ({ what, ...wrong, name: `case-${index}` }));
const filesOf = (make: (wrong: (typeof named)[number]) => string): Readonly<Record<string, string>> => ({
  'app/store.yaml': fakeStore('store', values),
  'app/fine.yaml': externalSecret('fine', { key: 'good' }),
  'app/settings.yaml': configMap('settings'),
  ...Object.fromEntries(named.map((wrong) => [`app/${wrong.name}.yaml`, make(wrong)])),
});

/** All that is told and kept; what was rendered is not: the Fake store's manifest has the values itself. */
const everything = async (bed: SecretsBed, { results, head }: SyncOutcome): Promise<string> => {
  const told = [results, head, await bed.head(), bed.engine.progress];
  return inspect(told, { depth: null, maxArrayLength: null, maxStringLength: null });
};

describe('An ExternalSecret with', () => {
  let bed: SecretsBed;
  let outcome: SyncOutcome;
  beforeAll(async () => {
    bed = await openSecretsBed();
    await bed.commit(filesOf(({ name }) => externalSecret(name, { key: 'good' })));
    await bed.sync();
    await bed.commit({
      ...filesOf(({ name, rows = { key: 'text' }, spec = {} }) => externalSecret(name, rows, spec)),
      ...stores,
      'app/later.yaml': externalSecret('later', { key: 'text' }),
    });
    outcome = await bed.sync();
  });
  afterAll(() => bed.close());

  it.each(named)('$what says so, and its Secret stays as it was', async ({ name, says, advises }) => {
    const result = outcome.results.find(({ ref }) => ref.name === name);
    expect(result?.action).toBe('failed');
    for (const part of [name, ...says]) expect(result?.message).toMatch(part);
    expect(result?.hint).toMatch(advises);
    expect(await bed.value(name)).toBe('all-is-well');
  });

  it('any of these faults keeps no other from being resolved', async () => {
    expect(outcome.head.operation?.phase).toBe('Failed');
    const failed = outcome.results.filter(({ action }) => action === 'failed');
    expect(failed.map(({ ref }) => ref.name).sort()).toEqual(named.map(({ name }) => name).sort());
    expect([await bed.value('fine'), await bed.value('later')]).toEqual(['all-is-well', marker]);
  });

  it('any of these faults tells no value', async () => {
    expect((await everything(bed, outcome)).includes(marker)).toBe(false);
  });
});

describe('What looks dangerous and is not', () => {
  it('comes through: 64 KB, ten thousand keys, and regular expressions made to backtrack', async () => {
    const bed = await openSecretsBed();
    const hostile = { source: '(a+)+$', target: 'x' };
    const find = { name: { regexp: '^(a+)+b$' } };
    await bed.commit({
      'app/store.yaml': fakeStore('store', values),
      'app/big.yaml': externalSecret('big', { key: 'big' }),
      'app/many.yaml': externalSecret('many', {}, { data: undefined, ...extract('many', [{ regexp: hostile }]) }),
      'app/found.yaml': externalSecret(
        'found',
        {},
        { data: undefined, dataFrom: [{ find, rewrite: [{ regexp: hostile }] }] },
      ),
    });
    const { head } = await bed.sync();
    expect(head.operation?.message).toBe('all objects are applied');
    expect((await bed.value('big'))?.length).toBe(65_536);
    expect(Object.keys((await bed.engine.live('Secret', 'many'))?.data ?? {})).toHaveLength(10_000);
    expect(Object.keys((await bed.engine.live('Secret', 'found'))?.data ?? {})).toEqual([`${'a'.repeat(60)}b`]);
    await bed.close();
  });
});

const pushSecret = { apiVersion: 'external-secrets.io/v1alpha1', kind: 'PushSecret', metadata: { name: 'push' } };
const wide = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterExternalSecret',
  metadata: { name: 'wide' },
  spec: { namespaceSelectr: {}, externalSecretSpec: { secretStoreRef: { name: 'store' }, data: [] } },
};

describe('An application with', () => {
  it.each([
    ['a PushSecret', pushSecret, ['PushSecret', 'push'], /plumbline\.dev\/secrets: apply/],
    ['a ClusterExternalSecret with an unknown field', wide, ['wide', 'namespaceSelectr'], /./],
  ])(
    '%s is refused by name; it stays as it was, and other applications go on',
    async (_what, manifest, says, advice) => {
      const bed = await openSecretsBed();
      const files = (key: string) => ({
        'app/store.yaml': fakeStore('store', values),
        'app/db.yaml': externalSecret('db', { key }),
      });
      await bed.commit(files('good'));
      await bed.sync();
      await bed.commit({ ...files('text'), 'app/odd.yaml': JSON.stringify(manifest) });
      const error = await failureOf(bed.sync());
      for (const part of says) expect(error.message).toContain(part);
      expect(error.hint).toMatch(advice);
      expect(await bed.value('db')).toBe('all-is-well');
      await bed.engine.git.createRepository('other', { 'app/settings.yaml': configMap('settings') });
      const { ports, project } = bed.engine;
      const application = bed.engine.application('other');
      const other = await syncApplication({ application, project, reason: 'manual' }, ports);
      expect(other.head.operation?.phase).toBe('Succeeded');
      await bed.close();
    },
  );
});
