import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import type { Ports } from '../../../shared/ports.ts';
import { externalSecret, fakeStore, ownStore } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

let bed: SecretsBed;
beforeEach(async () => {
  bed = await openSecretsBed();
  await bed.putSecret('source', { password: 'first' });
});
afterEach(() => bed.close());

type Fields = Readonly<Record<string, unknown>>;

const rows = { key: 'source#password' };
const commit = (spec: Fields, wanted = rows) =>
  bed.commit({
    'app/store.yaml': ownStore('store', bed.engine.namespace),
    'app/db.yaml': externalSecret('db', wanted, spec),
  });
const rotate = (password: string) => bed.putSecret('source', { password });
const syncTwice = async (): Promise<void> => {
  await bed.sync();
  await bed.refresh();
};

const policies = [
  ['refreshPolicy CreatedOnce', { refreshPolicy: 'CreatedOnce' }],
  ['refreshPolicy OnChange', { refreshPolicy: 'OnChange' }],
  ['refreshInterval 0', { refreshInterval: '0' }],
  ['a window that denies now', { syncWindows: { kind: 'deny', windows: [{ schedule: '* * * * *', duration: '1h' }] } }],
] as const;

describe.each(policies)('With %s a Secret', (_name, policy) => {
  it('is kept though its source changes, and nothing is written', async () => {
    await commit(policy);
    await bed.sync();
    const before = await bed.engine.live('Secret', 'db');
    await rotate('second');
    await syncTwice();
    expect(await bed.value('db')).toBe('first');
    expect((await bed.engine.live('Secret', 'db'))?.metadata?.resourceVersion).toBe(before?.metadata?.resourceVersion);
  });

  it('that somebody changed or deleted is made anew', async () => {
    await commit(policy);
    await bed.sync();
    await bed.putSecret('db', { key: 'of somebody else' });
    await bed.sync();
    expect(await bed.value('db')).toBe('first');
    await rotate('second');
    await bed.engine.objects.delete({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: bed.engine.namespace },
    });
    await bed.sync();
    expect(await bed.value('db')).toBe('second');
  });
});

describe('A Secret that is read on change', () => {
  it.each([
    ['its annotation force-sync', { annotations: { 'force-sync': '1' } }, rows],
    ['its target', { target: { template: { metadata: { labels: { a: 'b' } } } } }, rows],
    ['its rows', {}, { ...rows, more: 'source#password' }],
  ])('is read again when %s changes', async (_what, change, wanted) => {
    await commit({ refreshPolicy: 'OnChange' });
    await bed.sync();
    await rotate('second');
    await commit({ refreshPolicy: 'OnChange', ...change }, wanted);
    await bed.sync();
    expect(await bed.value('db')).toBe('second');
  });
});

const generator = (kind: string, spec: Fields = {}): string =>
  JSON.stringify({ apiVersion: 'generators.external-secrets.io/v1alpha1', kind, metadata: { name: 'made' }, spec });
const generators = {
  Password: generator('Password', { length: 24, digits: 5, symbols: 0, noUpper: false, allowRepeat: true }),
  UUID: generator('UUID'),
  SSHKey: generator('SSHKey', { keyType: 'ed25519' }),
};
const from = (kind: string) => [
  {
    sourceRef: {
      generatorRef: { apiVersion: 'generators.external-secrets.io/v1alpha1', kind, name: 'made' },
    },
  },
];
const data = async (): Promise<Readonly<Record<string, string>>> => (await bed.engine.live('Secret', 'db'))?.data ?? {};

describe.each(Object.entries(generators))('What %s makes', (kind, manifest) => {
  const files = (one: string, spec: Fields = {}) => ({
    'app/made.yaml': manifest,
    'app/store.yaml': fakeStore('store', { one }),
    'app/db.yaml': externalSecret('db', { one: 'one' }, { dataFrom: from(kind), refreshInterval: '1h', ...spec }),
  });
  const made = async (): Promise<object> => {
    const { one: _read, joined: _templated, ...others } = await data();
    expect(Object.keys(others).length).toBeGreaterThan(0);
    return others;
  };

  it('is made once, also when what stands beside it changes', async () => {
    await bed.commit(files('first'));
    await bed.sync();
    const before = await made();
    await syncTwice();
    expect(await made()).toEqual(before);
    await bed.commit(files('second'));
    await bed.sync();
    expect(await bed.value('db', 'one')).toBe('second');
    expect(await made()).toEqual(before);
  });

  it('is made once with a template that merges', async () => {
    const target = { template: { mergePolicy: 'Merge', data: { joined: 'x={{ .one }}' } } };
    await bed.commit(files('first', { target }));
    await bed.sync();
    const before = await made();
    await bed.commit(files('second', { target }));
    await bed.sync();
    expect(await bed.value('db', 'joined')).toBe('x=second');
    expect(await made()).toEqual(before);
  });

  it('outlives the loss of all state', async () => {
    await bed.commit(files('first'));
    await bed.sync();
    const before = await data();
    await bed.sync({}, withEmptyStore());
    expect(await data()).toEqual(before);
  });
});

function withEmptyStore(): Ports {
  const { ports } = bed.engine;
  return { ...ports, store: new FolderStore(join(ports.scratch, 'empty'), ports.worker) };
}

describe('A template that gives something else each time', () => {
  const templates = {
    random: '{{ randAlphaNum 20 }}',
    made: '{{ now | date "20060102150405.000000000" }}-{{ randNumeric 4 }}',
    htpasswd: '{{ htpasswd "shop" .key }}',
    plain: '{{ .key }}',
  };
  const target = { template: { data: templates } };

  it('is rendered once for each change of what it is made of', async () => {
    await commit({ target });
    await bed.sync();
    const first = await data();
    expect(Object.keys(first).sort()).toEqual(Object.keys(templates).sort());
    await syncTwice();
    expect(await data()).toEqual(first);
    await rotate('second');
    await syncTwice();
    const second = await data();
    expect(await bed.value('db', 'plain')).toBe('second');
    for (const key of ['random', 'made', 'htpasswd']) expect(second[key]).not.toBe(first[key]);
    await syncTwice();
    expect(await data()).toEqual(second);
    await bed.sync({}, withEmptyStore());
    expect(await data()).toEqual(second);
  });
});
