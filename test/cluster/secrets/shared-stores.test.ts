import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Project } from '../../../shared/model/project.ts';
import type { SyncOutcome } from '../../../shared/model/sync-request.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { GitFiles } from '../../support/git-repositories.ts';
import { configMap } from '../../support/manifests.ts';
import { makeNamespace, type TestNamespace } from '../../support/namespace.ts';
import { clusterWide, externalSecret, fakeStore } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

let bed: SecretsBed;
let neighbour: TestNamespace;
beforeEach(async () => {
  bed = await openSecretsBed();
  neighbour = await makeNamespace(bed.engine.kubeconfig, 'neighbour');
  await bed.engine.git.createRepository('platform', { 'app/settings.yaml': configMap('platform') });
});
afterEach(async () => {
  await neighbour.remove();
  await bed.close();
});

type Fields = Readonly<Record<string, unknown>>;

/** What the application `platform` brings. */
const platform = async (files: GitFiles, remove: readonly string[] = [], project?: Project): Promise<SyncOutcome> => {
  const { engine } = bed;
  await engine.git.commit('platform', { files, remove });
  const application = engine.application('platform');
  const asked = { application, project: project ?? engine.project, reason: 'manual' } as const;
  return syncApplication(asked, engine.ports);
};
const provider = { provider: { fake: { data: [{ key: 'one', value: 'shared' }] } } };
const vault = (spec: Fields = {}): string => clusterWide('ClusterSecretStore', 'vault', { ...provider, ...spec });
const reader = externalSecret('db', { key: 'one' }, { secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' } });
const messageOf = ({ results }: SyncOutcome, name = 'db') => results.find(({ ref }) => ref.name === name)?.message;
const label = async (namespace: string, labels: Readonly<Record<string, string | null>>): Promise<void> => {
  const patch = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  await bed.engine.objects.patch(patch as never);
};

describe('A store of another application on the same cluster', () => {
  it('is found, and is gone when that application lets it go; the Secret stays', async () => {
    await platform({ 'app/vault.yaml': vault() });
    await bed.commit({ 'app/db.yaml': reader });
    await bed.sync();
    expect(await bed.value('db')).toBe('shared');
    await platform({}, ['app/vault.yaml']);
    const outcome = await bed.sync();
    expect(messageOf(outcome)).toContain('there is no ClusterSecretStore vault');
    expect(await bed.value('db')).toBe('shared');
  });

  it('goes with its application', async () => {
    await platform({ 'app/vault.yaml': vault() });
    await bed.commit({ 'app/db.yaml': reader });
    await bed.sync();
    await bed.engine.git.commit('platform', {
      remove: ['app/vault.yaml', 'app/settings.yaml'],
      files: { 'app/k': '' },
    });
    const application = bed.engine.application('platform', { syncPolicy: { automated: { allowEmpty: true } } });
    const { project, ports } = bed.engine;
    await syncApplication({ application, project, reason: 'manual', prune: true, approvePrune: true }, ports);
    expect(messageOf(await bed.sync())).toContain('there is no ClusterSecretStore vault');
  });

  it('counts after one of the application itself', async () => {
    await platform({ 'app/vault.yaml': vault() });
    const own = clusterWide('ClusterSecretStore', 'vault', {
      provider: { fake: { data: [{ key: 'one', value: 'own' }] } },
    });
    await bed.commit({ 'app/db.yaml': reader, 'app/vault.yaml': own });
    await bed.sync();
    expect(await bed.value('db')).toBe('own');
  });

  it('is of no use in another namespace when it is a SecretStore', async () => {
    const elsewhere = JSON.parse(fakeStore('store', { one: 'shared' }));
    const store = JSON.stringify({ ...elsewhere, metadata: { name: 'store', namespace: neighbour.name } });
    await platform({ 'app/store.yaml': store });
    await bed.commit({ 'app/db.yaml': externalSecret('db', { key: 'one' }) });
    expect(messageOf(await bed.sync())).toContain(`there is no SecretStore ${bed.engine.namespace}/store`);
    await bed.commit({ 'app/db.yaml': externalSecret('db', { key: 'one' }, { namespace: neighbour.name }) });
    expect((await bed.sync()).head.operation?.phase).toBe('Succeeded');
  });
});

describe('The conditions of a ClusterSecretStore', () => {
  const teams = { namespaceSelector: { matchLabels: { team: 'shop' } } };

  it('ask the labels of the Namespace in the cluster, not those in Git', async () => {
    await platform({ 'app/vault.yaml': vault({ conditions: [teams] }) });
    const claim = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: neighbour.name, labels: { team: 'shop' } } };
    const there = externalSecret('there', { key: 'one' }, { ...JSON.parse(reader).spec, namespace: neighbour.name });
    await bed.commit({ 'app/db.yaml': reader, 'app/claim.yaml': JSON.stringify(claim), 'app/there.yaml': there });
    const first = await bed.sync();
    expect(messageOf(first)).toContain('its conditions do not let namespace');
    expect(messageOf(first, 'there')).toContain(`its conditions do not let namespace ${neighbour.name}`);
    await label(bed.engine.namespace, { team: 'shop' });
    await bed.sync();
    expect(await bed.value('db')).toBe('shared');
  });

  it.each([
    ['a part of the name', (name: string) => [name.slice(0, 8)], false],
    ['the end of the name', (name: string) => [`${name.slice(3)}$`], false],
    ['one of two, in part', (name: string) => [`x|${name.slice(0, 8)}`], false],
    ['all of the name', (name: string) => [`${name.slice(0, 8)}.*`], true],
  ])('take an expression that means %s for what it is', async (_what, regexesFor, isAllowed) => {
    await platform({
      'app/vault.yaml': vault({ conditions: [{ namespaceRegexes: regexesFor(bed.engine.namespace) }] }),
    });
    await bed.commit({ 'app/db.yaml': reader });
    const outcome = await bed.sync();
    expect(await bed.value('db')).toBe(isAllowed ? 'shared' : undefined);
    if (!isAllowed) expect(messageOf(outcome)).toContain('ClusterSecretStore vault): its conditions');
  });
});

describe('A project', () => {
  it('that forbids Secrets and allows ExternalSecrets has what they are made of', async () => {
    const project = { ...bed.engine.project, namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] };
    await bed.commit({
      'app/store.yaml': fakeStore('store', { one: 'first' }),
      'app/db.yaml': externalSecret('db', { key: 'one' }),
    });
    await bed.sync({ project });
    expect(await bed.value('db')).toBe('first');
    await bed.commit({ 'app/settings.yaml': configMap('settings') }, { remove: ['app/db.yaml'] });
    await bed.sync({ project });
    expect(await bed.engine.live('Secret', 'db')).toBeUndefined();
  });

  it('that forbids ExternalSecrets has none, though it allows Secrets', async () => {
    const project = { ...bed.engine.project, namespaceResourceBlacklist: [{ group: '*', kind: 'ExternalSecret' }] };
    await bed.commit({
      'app/store.yaml': fakeStore('store', { one: 'first' }),
      'app/db.yaml': externalSecret('db', { key: 'one' }),
    });
    const error = await failureOf(bed.sync({ project }));
    expect([error.code, error.message]).toEqual(['project-forbids', expect.stringContaining('ExternalSecret')]);
  });

  it('that forbids ClusterSecretStores publishes none', async () => {
    const project = { ...bed.engine.project, clusterResourceWhitelist: [] };
    const error = await failureOf(platform({ 'app/vault.yaml': vault() }, [], project));
    expect([error.code, error.message]).toEqual(['project-forbids', expect.stringContaining('ClusterSecretStore')]);
    await bed.commit({ 'app/db.yaml': reader });
    expect(messageOf(await bed.sync())).toContain('there is no ClusterSecretStore vault');
  });
});

describe('A ClusterExternalSecret', () => {
  const spread = (): string =>
    clusterWide('ClusterExternalSecret', 'wide', {
      namespaceSelectors: [{ matchLabels: { spread: bed.engine.namespace } }],
      externalSecretSpec: JSON.parse(reader).spec,
    });
  const inNeighbour = async (): Promise<unknown> => {
    const metadata = { name: 'wide', namespace: neighbour.name };
    return bed.engine.objects.read({ apiVersion: 'v1', kind: 'Secret', metadata }).catch(() => undefined);
  };

  it('has a Secret in each namespace that is selected now, and none in those that were', async () => {
    const { namespace } = bed.engine;
    await label(namespace, { spread: namespace });
    await label(neighbour.name, { spread: namespace });
    await bed.commit({ 'app/vault.yaml': vault(), 'app/wide.yaml': spread() });
    await bed.sync();
    expect(await bed.value('wide')).toBe('shared');
    expect(await inNeighbour()).toBeDefined();
    await label(neighbour.name, { spread: null });
    await bed.sync();
    expect(await inNeighbour()).toBeUndefined();
    expect(await bed.value('wide')).toBe('shared');
  });

  it('leaves out, and names, the namespaces that the project does not allow', async () => {
    const { namespace } = bed.engine;
    await label(namespace, { spread: namespace });
    await label(neighbour.name, { spread: namespace });
    await bed.commit({ 'app/vault.yaml': vault(), 'app/wide.yaml': spread() });
    const project = { ...bed.engine.project, destinations: [{ server: '*', namespace }] };
    const { head } = await bed.sync({ project });
    expect(head.operation?.phase).toBe('Succeeded');
    expect(await bed.value('wide')).toBe('shared');
    expect(await inNeighbour()).toBeUndefined();
    expect(JSON.stringify(bed.engine.progress)).toContain(`project default does not allow them: ${neighbour.name}`);
  });
});
