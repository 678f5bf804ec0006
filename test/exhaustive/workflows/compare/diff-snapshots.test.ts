import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import type { ObjectStore, Ports, Progress } from '../../../../shared/ports.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { diffSnapshots } from '../../../../shared/workflows/compare/diff-snapshots.ts';
import { useFolderStores } from '../../../unit/state/folder-place.ts';
import { keepSnapshot } from '../../../unit/workflows/compare/a-snapshot.ts';

const openStore = useFolderStores();

/** Only the store and the reporter are there: whoever asks Git or the cluster fails. */
function offline(store: ObjectStore, told: Progress[] = []): Ports {
  return { store, reporter: { report: (progress: Progress) => void told.push(progress) } } as unknown as Ports;
}

const of = (kind: string, name: string, more: { readonly [field: string]: Json } = {}): Manifest => ({
  apiVersion: kind === 'ClusterRole' ? 'rbac.authorization.k8s.io/v1' : 'v1',
  kind,
  metadata: { name },
  ...more,
});

describe('two snapshots of an application', () => {
  it('are compared with neither Git nor a cluster, as they were applied', async () => {
    const store = await openStore();
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [
      of('ClusterRole', 'viewer', { rules: [] }),
      of('ConfigMap', 'a', { data: { text: 'old' } }),
      of('ConfigMap', 'gone'),
      of('Secret', 's', { stringData: { token: 'first-value' } }),
    ]);
    const to = await keepSnapshot(store, '20261103-080000-000-77aa001', [
      of('ClusterRole', 'viewer', { rules: [{ verbs: ['get'] }] }),
      of('ConfigMap', 'a', { data: { text: 'new' } }),
      of('ConfigMap', 'come'),
      of('Secret', 's', { stringData: { token: 'second-value' } }),
    ]);
    const found = await diffSnapshots({ from, to }, offline(store));
    expect(found).toMatchObject({
      application: 'shop',
      between: { from: from.name, to: to.name },
      rendered: { render: { digest: to.renderDigest } },
      unknown: [],
    });
    expect(found.differences.map(({ ref, change }) => [ref.kind, ref.namespace, ref.name, change])).toEqual([
      ['ClusterRole', '', 'viewer', 'change'],
      ['ConfigMap', 'shop', 'a', 'change'],
      ['ConfigMap', 'shop', 'come', 'create'],
      ['Secret', 'shop', 's', 'change'],
      ['ConfigMap', 'shop', 'gone', 'prune'],
    ]);
    const text = found.differences.map((difference) => difference.text).join('');
    expect(text).toContain(`--- snapshot/${from.name}/ConfigMap.shop.a\n+++ snapshot/${to.name}/ConfigMap.shop.a\n`);
    expect(text).toContain('-  text: old\n+  text: new\n');
    expect(text).toContain('+    argocd.argoproj.io/tracking-id: shop:/ConfigMap:shop/come\n');
    for (const value of ['first-value', 'second-value'])
      expect(text).not.toMatch(new RegExp(`${value}|${Buffer.from(value).toString('base64')}`));
  });

  it('have no difference when they deployed the same', async () => {
    const store = await openStore();
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [of('ConfigMap', 'a')]);
    expect((await diffSnapshots({ from, to: from }, offline(store))).differences).toEqual([]);
  });

  it('are compared by the applications that they declare, too, and hooks are left out with a word', async () => {
    const store = await openStore();
    const child = (path: string): Manifest => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'child' },
      spec: { source: { path } },
    });
    const hook = {
      ...of('ConfigMap', 'hook'),
      metadata: { name: 'hook', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    };
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [child('old'), hook]);
    const to = await keepSnapshot(store, '20261103-080000-000-77aa001', [child('new'), hook]);
    const told: Progress[] = [];
    const found = await diffSnapshots({ from, to }, offline(store, told));
    expect(found.differences.map(({ ref }) => ref.kind)).toEqual(['Application']);
    expect(found.notices).toEqual([expect.stringContaining('hook is a hook and was left out')]);
    expect(told).toHaveLength(1);
  });

  it('are compared in the selected objects only, and a selector that means nothing is refused', async () => {
    const store = await openStore();
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [of('ConfigMap', 'a'), of('ConfigMap', 'b')]);
    const to = await keepSnapshot(store, '20261103-080000-000-77aa001', []);
    const found = await diffSnapshots({ from, to, resources: [':ConfigMap:a'] }, offline(store));
    expect(found.differences.map(({ ref }) => ref.name)).toEqual(['a']);
    await expect(diffSnapshots({ from, to, resources: [':Secret:*'] }, offline(store))).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('claim nothing of what could not be applied as it was written', async () => {
    const store = await openStore();
    const twice = of('ConfigMap', 'twice');
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [twice, twice]);
    const to = await keepSnapshot(store, '20261103-080000-000-77aa001', [twice]);
    const { unknown } = await diffSnapshots({ from, to }, offline(store));
    expect(unknown).toMatchObject([{ ref: { name: 'twice' }, message: expect.stringContaining(from.name) }]);
  });

  it('whose manifests are gone are an error that names them', async () => {
    const store = await openStore();
    const from = await keepSnapshot(store, '20261102-080000-000-3f2a1bc', [of('ConfigMap', 'a')]);
    await store.delete(keys.render('default', from.renderDigest));
    await expect(diffSnapshots({ from, to: from }, offline(store))).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(from.name),
    });
  });
});
