import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadHead } from '../../shared/state/heads.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { failureOf } from '../support/failure-of.ts';
import { clusterWide, externalSecret, ownStore, readerOf } from '../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../support/secrets/secrets-bed.ts';

let bed: SecretsBed;
beforeEach(async () => {
  bed = await openSecretsBed();
  await bed.putSecret('source', { password: 'first' });
});
afterEach(() => bed.close());

type Fields = Readonly<Record<string, unknown>>;

const files = (more: Readonly<Record<string, string>> = {}, spec: Fields = {}): Record<string, string> => ({
  'app/store.yaml': ownStore('store', bed.engine.namespace),
  'app/db.yaml': externalSecret('db', { key: 'source#password' }, spec),
  ...more,
});
const odd = (apiVersion: string, kind: string, template?: Fields): string =>
  externalSecret(
    'plumbline-odd',
    { key: 'source#password' },
    { target: { manifest: { apiVersion, kind }, ...(template === undefined ? {} : { template }) } },
  );

describe('A sync of selected objects', () => {
  it('restarts no workload whose Secrets are not among them', async () => {
    await bed.commit(files({ 'app/web.yaml': readerOf('db') }));
    await bed.sync();
    await bed.putSecret('source', { password: 'second' });
    await bed.refresh();
    const before = await bed.engine.live('Deployment', 'web', 'apps/v1');
    expect(await bed.rollout('Deployment', 'web')).toBeDefined();
    await bed.sync({ resources: [`apps:Deployment:${bed.engine.namespace}/web`] });
    const after = await bed.engine.live('Deployment', 'web', 'apps/v1');
    expect(after?.metadata?.generation).toBe(before?.metadata?.generation);
  });
});

describe('An ExternalSecret that may not make an object of another kind', () => {
  it.each([
    ['one that the cluster does not know', 'no.example.com/v1', 'Nothing', /puts secret values into a Nothing/],
    ['one of no namespace', 'rbac.authorization.k8s.io/v1', 'ClusterRole', /a ClusterRole is of no namespace/],
    ['a ConfigMap', 'v1', 'ConfigMap', /puts secret values into a ConfigMap/],
  ])('fails alone: %s', async (_title, apiVersion, kind, reason) => {
    await bed.commit(files({ 'app/odd.yaml': odd(apiVersion, kind) }));
    const { results } = await bed.sync();
    expect(results.find(({ ref }) => ref.name === 'plumbline-odd')?.message).toMatch(reason);
    expect(await bed.value('db')).toBe('first');
    expect(await bed.engine.live(kind, 'plumbline-odd', apiVersion).catch(() => undefined)).toBeUndefined();
  });

  it('takes the place of no Application', async () => {
    await bed.commit(files({ 'app/odd.yaml': odd('argoproj.io/v1alpha1', 'Application') }));
    expect((await failureOf(bed.sync())).message).toMatch(/an? Application is not made of secrets/);
  });

  it('gives a project nothing that it forbids, though no value is in it', async () => {
    const template = { templateFrom: [{ target: 'rules', literal: '[]' }] };
    await bed.commit(files({ 'app/odd.yaml': odd('rbac.authorization.k8s.io/v1', 'Role', template) }));
    const group = 'rbac.authorization.k8s.io';
    const project = { ...bed.engine.project, namespaceResourceBlacklist: [{ group, kind: 'Role' }] };
    expect((await failureOf(bed.sync({ project }))).message).toMatch(/Role.*plumbline-odd/);
    expect(await bed.engine.live('Role', 'plumbline-odd', `${group}/v1`)).toBeUndefined();
  });
});

describe('An object of another kind that an ExternalSecret makes once', () => {
  it('stays whole and is not written again', async () => {
    await bed.close();
    bed = await openSecretsBed({ config: { allow: [{ targets: ['ConfigMap', 'networking.k8s.io/NetworkPolicy'] }] } });
    await bed.putSecret('source', { password: 'first' });
    const rows = { key: 'source#password' };
    const made = (name: string, target: Fields): string =>
      externalSecret(name, rows, { refreshPolicy: 'OnChange', target });
    const template = {
      templateFrom: [{ target: 'spec', literal: 'podSelector: { matchLabels: { a: "{{ .key }}" } }' }],
    };
    const policy = { manifest: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, template };
    await bed.commit({
      'app/store.yaml': ownStore('store', bed.engine.namespace),
      'app/map.yaml': made('map', { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } }),
      'app/policy.yaml': made('policy', policy),
    });
    const first = await bed.sync();
    expect(first.head.operation?.message).toBe('all objects are applied');
    const look = async () => [
      await bed.engine.live('ConfigMap', 'map'),
      await bed.engine.live('NetworkPolicy', 'policy', 'networking.k8s.io/v1'),
    ];
    const before = await look();
    expect(JSON.stringify(before)).toContain('"matchLabels":{"a":"first"}');
    await bed.commit({ 'app/other.yaml': externalSecret('db', rows) });
    await bed.sync();
    expect(await look()).toEqual(before);
    expect((await bed.head()).inventory.map(({ ref }) => ref.name).sort()).toEqual(['db', 'map', 'policy']);
  });
});

describe('An ExternalSecret whose store is for another controller', () => {
  it('leaves its Secret in the cluster, whether or not anything is pruned', async () => {
    await bed.commit(files());
    await bed.sync();
    const store = JSON.parse(ownStore('store', bed.engine.namespace));
    await bed.commit({
      'app/store.yaml': JSON.stringify({ ...store, spec: { ...store.spec, controller: 'eso' } }),
      'app/web.yaml': readerOf('db'),
    });
    await bed.sync();
    expect(await bed.value('db')).toBe('first');
    expect((await bed.engine.live('Secret', 'db'))?.metadata?.labels?.['plumbline.dev/app']).toBeUndefined();
    expect((await loadHead(bed.engine.ports.store, 'shop'))?.head.inventory.map(({ ref }) => ref.name)).toEqual([
      'web',
    ]);
    expect(JSON.stringify(bed.engine.progress)).toContain('is for another controller');
  });
});

describe('An ExternalSecret that is not read now, since no window is open', () => {
  it('is looked at again by the clock, and keeps on record what it was made of', async () => {
    const syncWindows = { kind: 'deny', windows: [{ schedule: '* * * * *', duration: '1h' }] };
    await bed.commit(files({}, { refreshInterval: '1h', syncWindows }));
    await bed.sync();
    const before = (await bed.head()).secrets;
    expect(before?.map(({ refreshMs, reads }) => [refreshMs, reads.length])).toEqual([[3_600_000, 1]]);
    await bed.refresh();
    expect((await bed.head()).secrets).toEqual(before);
  });
});

describe('Two applications that bring stores of one name', () => {
  const store = (value: string): string =>
    clusterWide('ClusterSecretStore', 'vault', { provider: { fake: { data: [{ key: 'one', value }] } } });
  const bring = async (name: string, value: string): Promise<void> => {
    const { engine } = bed;
    await engine.git.createRepository(name, { 'app/vault.yaml': store(value), 'app/k': '' }).catch(() => undefined);
    await engine.git.commit(name, { files: { 'app/vault.yaml': store(value) } });
    const asked = { application: engine.application(name), project: engine.project, reason: 'manual' } as const;
    await syncApplication(asked, engine.ports);
  };

  it('give it to nobody else while they differ', async () => {
    const secretStoreRef = { name: 'vault', kind: 'ClusterSecretStore' };
    await bed.commit({ 'app/db.yaml': externalSecret('db', { key: 'one' }, { secretStoreRef }) });
    await bring('platform', 'shared');
    await bring('apprentice', 'shared');
    await bed.sync();
    expect(await bed.value('db')).toBe('shared');
    await bring('apprentice', 'hijacked');
    const { results } = await bed.sync();
    expect(results[0]?.message).toMatch(
      /ClusterSecretStore vault.*: applications apprentice and platform each bring one/,
    );
    expect(await bed.value('db')).toBe('shared');
  });
});
