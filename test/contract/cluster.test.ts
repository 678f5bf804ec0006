import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListQuery } from '../../shared/cluster-ports.ts';
import { servedKind } from '../../shared/model/cluster.ts';
import type { LiveObject, Manifest } from '../../shared/model/manifest.ts';
import { address, addressOf, type ClusterBed, conditionsFor, configMap, openClusterBed } from './cluster-bed.ts';

describe('Cluster', () => {
  let bed: ClusterBed;
  const make = (name: string, more?: Parameters<typeof configMap>[2]) => configMap(bed.namespace, name, more);
  const query = async (labelSelector: string): Promise<ListQuery> => {
    const kind = servedKind(await bed.cluster.facts(), { group: '', kind: 'ConfigMap' });
    if (kind === undefined) throw new Error('ConfigMap is not served');
    return { kind, namespace: bed.namespace, labelSelector };
  };
  beforeAll(async () => {
    bed = await openClusterBed();
  });
  afterAll(() => bed.close());

  describe('apply', () => {
    it('makes an object and gives it as it then is, managed fields included', async () => {
      const live = await bed.cluster.apply(make('made'));
      expect(live).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { mode: 'plain' } });
      expect(live.metadata).toMatchObject({ uid: expect.any(String), resourceVersion: expect.any(String) });
      expect(live.metadata['managedFields']).toMatchObject([{ manager: 'plumbline', operation: 'Apply' }]);
    });

    it('leaves the resource version as it is when nothing changes', async () => {
      const first = await bed.cluster.apply(make('still'));
      const second = await bed.cluster.apply(make('still'));
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });

    it('removes a field that it had set and that is no longer wanted', async () => {
      await bed.cluster.apply(make('shrinking', { data: { keep: '1', drop: '2' } }));
      expect(await bed.cluster.apply(make('shrinking', { data: { keep: '1' } }))).toMatchObject({
        data: { keep: '1' },
      });
      expect(await bed.cluster.read(addressOf(make('shrinking')))).not.toHaveProperty('data.drop');
    });

    it('takes over a field that another manager has set', async () => {
      const { namespace } = bed;
      const body = { metadata: { name: 'foreign' }, data: { mode: 'theirs' } };
      await bed.core.createNamespacedConfigMap({ namespace, body, fieldManager: 'somebody' });
      expect(await bed.cluster.apply(make('foreign'))).toMatchObject({ data: { mode: 'plain' } });
    });

    it('makes cluster-scoped objects too', async () => {
      const role: Manifest = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: `${bed.namespace}-reader` },
        rules: [],
      };
      const live = await bed.cluster.apply(role);
      expect(live.metadata.name).toBe(`${bed.namespace}-reader`);
      expect(await bed.cluster.delete(addressOf(role), conditionsFor(live))).toBe('requested');
    });
  });

  describe('dryRunApply', () => {
    it('answers what apply would give and changes nothing', async () => {
      const live = await bed.cluster.apply(make('dry'));
      const foreseen = await bed.cluster.dryRunApply(make('dry', { data: { mode: 'other' } }));
      expect(foreseen).toMatchObject({ data: { mode: 'other' } });
      expect(await bed.cluster.read(addressOf(live))).toEqual(live);
    });

    it('makes nothing where there is nothing', async () => {
      await bed.cluster.dryRunApply(make('never'));
      expect(await bed.cluster.read(addressOf(make('never')))).toBeUndefined();
    });
  });

  describe('read', () => {
    it('gives undefined for an absent object, also in an absent namespace', async () => {
      expect(await bed.cluster.read(addressOf(make('absent')))).toBeUndefined();
      expect(
        await bed.cluster.readMetadata(address({ kind: 'ConfigMap', namespace: 'no-such', name: 'a' })),
      ).toBeUndefined();
      expect(await bed.cluster.read(address({ kind: 'Namespace', name: 'no-such' }))).toBeUndefined();
    });

    it('reads metadata alone under the object’s own kind', async () => {
      const live = await bed.cluster.apply(make('meta', { labels: { team: 'search' } }));
      const { apiVersion, kind, metadata } = live;
      expect(await bed.cluster.readMetadata(addressOf(live))).toEqual({ apiVersion, kind, metadata });
    });
  });

  describe('list', () => {
    const total = 1_203;
    beforeAll(async () => {
      const labels = { page: 'yes' };
      await Promise.all(
        Array.from({ length: total }, (_, index) => bed.cluster.apply(make(`page-${index}`, { labels }))),
      );
    });

    it('gives every object of more than two pages once, each with its kind', async () => {
      bed.sent.length = 0;
      const objects = await bed.cluster.list(await query('page=yes'));
      expect(new Set(objects.map(({ metadata }) => metadata.uid)).size).toBe(total);
      expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { mode: 'plain' } });
      expect(bed.sent.filter(({ verb }) => verb === 'list')).toHaveLength(3);
    });

    it('lists metadata alone, with the same resource versions as the objects', async () => {
      const versions = (objects: readonly LiveObject[]) =>
        objects.map(({ metadata }) => metadata.resourceVersion).sort();
      const wanted = await query('page=yes');
      const metadata = await bed.cluster.listMetadata(wanted);
      expect(versions(metadata)).toEqual(versions(await bed.cluster.list(wanted)));
      expect(Object.keys(metadata[0] ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
    });

    it('gives nothing for a selector that nothing matches, and for an absent namespace', async () => {
      expect(await bed.cluster.list(await query('page=no'))).toEqual([]);
      expect(await bed.cluster.list({ ...(await query('page=yes')), namespace: 'no-such' })).toEqual([]);
    });

    it('looks into all namespaces when none is named', async () => {
      const { kind } = await query('');
      const namespaces = (await bed.cluster.listMetadata({ kind })).map(({ metadata }) => metadata.namespace);
      expect(new Set(namespaces)).toEqual(new Set([...namespaces, bed.namespace, 'kube-system']));
    });
  });

  describe('delete', () => {
    const finalized = (name: string): Manifest => {
      const manifest = make(name);
      return { ...manifest, metadata: { ...manifest.metadata, finalizers: ['plumbline.test/held'] } };
    };

    it('deletes the object of that uid', async () => {
      const live = await bed.cluster.apply(make('gone'));
      expect(await bed.cluster.delete(addressOf(live), conditionsFor(live))).toBe('requested');
      expect(await bed.cluster.read(addressOf(live))).toBeUndefined();
    });

    it('calls an object absent that is not there, or is another one of that name', async () => {
      const live = await bed.cluster.apply(make('other'));
      const conditions = { uid: '11111111-2222-3333-4444-555555555555', propagation: 'Background' } as const;
      expect(await bed.cluster.delete(addressOf(live), conditions)).toBe('absent');
      expect(await bed.cluster.read(addressOf(live))).toEqual(live);
      expect(await bed.cluster.delete(addressOf(make('nothing')), conditions)).toBe('absent');
    });

    it('refuses as a conflict when the object has changed since it was seen', async () => {
      const seen = await bed.cluster.apply(make('moved'));
      await bed.cluster.apply(make('moved', { data: { mode: 'new' } }));
      const conditions = { ...conditionsFor(seen), resourceVersion: seen.metadata.resourceVersion };
      await expect(bed.cluster.delete(addressOf(seen), conditions)).rejects.toMatchObject({
        code: 'cluster-conflict',
        status: 409,
        object: `ConfigMap ${bed.namespace}/moved`,
      });
      expect(await bed.cluster.read(addressOf(seen))).toBeDefined();
    });

    it('counts an object that is already being deleted as requested', async () => {
      const seen = await bed.cluster.apply(finalized('held'));
      const conditions = { ...conditionsFor(seen), resourceVersion: seen.metadata.resourceVersion };
      expect(await bed.cluster.delete(addressOf(seen), conditions)).toBe('requested');
      expect(await bed.cluster.delete(addressOf(seen), conditions)).toBe('requested');
      const live = await bed.cluster.readMetadata(addressOf(seen));
      expect(live?.metadata.deletionTimestamp).toBeDefined();
      await bed.cluster.apply(make('held'));
    });

    it('leaves dependents alone with Orphan', async () => {
      const seen = await bed.cluster.apply(make('parent'));
      const orphan = { uid: seen.metadata.uid, propagation: 'Orphan' } as const;
      expect(await bed.cluster.delete(addressOf(seen), orphan)).toBe('requested');
      const live = await bed.cluster.readMetadata(addressOf(seen));
      expect(live?.metadata['finalizers'] ?? ['orphan']).toEqual(['orphan']);
    });
  });
});
