import { describe, expect, it } from '@jest/globals';
import type { Cluster, ObjectAddress } from '../../../../shared/cluster-ports.ts';
import { ClusterError } from '../../../../shared/errors.ts';
import type { ServedKind } from '../../../../shared/model/cluster.ts';
import type { LiveObject, Manifest } from '../../../../shared/model/manifest.ts';
import { ListedCluster } from '../../../../shared/workflows/compare/listed-cluster.ts';

const verbs = ['get', 'list', 'patch', 'delete'];
const configMaps: ServedKind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs,
};
const namespaces: ServedKind = { ...configMaps, kind: 'Namespace', resource: 'namespaces', namespaced: false };
const tokens: ServedKind = { ...configMaps, kind: 'Token', resource: 'tokens', verbs: ['get'] };

const live = (kind: string, name: string, namespace?: string): LiveObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid: `uid of ${name}`, resourceVersion: '1' },
});
const address = (kind: string, name: string, namespace = ''): ObjectAddress => ({
  ref: { group: '', kind, namespace, name },
  version: 'v1',
});

/** A cluster of a few objects that notes what it is asked. */
function cluster(objects: readonly LiveObject[], refuse?: () => Error | undefined) {
  const asked: string[] = [];
  const note = (what: string): void => {
    asked.push(what);
  };
  const unused = async (): Promise<never> => {
    throw new Error('nobody should ask this');
  };
  const port: Cluster = {
    name: 'prod',
    facts: async () => ({
      name: 'prod',
      server: 'https://prod',
      version: 'v1.36.3',
      served: [configMaps, namespaces, tokens],
    }),
    rediscover: unused,
    requestToken: unused,
    list: unused,
    dryRunApply: unused,
    read: unused,
    readMetadata: async ({ ref }) => {
      note(`read ${ref.kind} ${ref.name}`);
      return objects.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name);
    },
    listMetadata: async ({ kind, namespace }) => {
      note(`list ${kind.kind}${namespace === undefined ? '' : ` in ${namespace}`}`);
      const error = refuse?.();
      if (error !== undefined) throw error;
      return objects.filter(
        (object) => object.kind === kind.kind && (namespace === undefined || object.metadata.namespace === namespace),
      );
    },
    apply: async (manifest: Manifest) => ({
      ...manifest,
      metadata: { ...manifest.metadata, uid: 'new', resourceVersion: '2', managedFields: [{ manager: 'plumbline' }] },
    }),
    delete: async () => 'requested',
  };
  return { asked, seen: new ListedCluster(port) };
}

describe('A cluster that is looked at for many applications', () => {
  const objects = [live('ConfigMap', 'a', 'shop'), live('ConfigMap', 'b', 'bank')];

  it('is asked for each kind once, whoever asks for whatever of it at the same time', async () => {
    const { seen, asked } = cluster(objects);
    const answers = await Promise.all([
      seen.listMetadata({ kind: configMaps, namespace: 'shop' }),
      seen.listMetadata({ kind: configMaps }),
      seen.readMetadata(address('ConfigMap', 'b', 'bank')),
      seen.readMetadata(address('ConfigMap', 'b', 'shop')),
    ]);
    expect(answers).toEqual([[objects[0]], objects, objects[1], undefined]);
    expect(asked).toEqual(['list ConfigMap']);
  });

  it('is known to have what is written through it, without managedFields', async () => {
    const { seen } = cluster(objects);
    await seen.listMetadata({ kind: configMaps });
    await seen.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'new' },
      data: { a: '1' },
    });
    expect(await seen.readMetadata(address('ConfigMap', 'c', 'new'))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'new', uid: 'new', resourceVersion: '2' },
    });
  });

  it('is asked anew about what is being deleted, and about a namespace, whose owners no list tells', async () => {
    const { seen, asked } = cluster([...objects, live('Namespace', 'shop')]);
    await seen.listMetadata({ kind: configMaps });
    await seen.delete(address('ConfigMap', 'a', 'shop'), { uid: 'uid of a', propagation: 'Background' });
    expect(await seen.listMetadata({ kind: configMaps, namespace: 'shop' })).toEqual([]);
    expect(await seen.readMetadata(address('ConfigMap', 'a', 'shop'))).toEqual(objects[0]);
    expect(await seen.readMetadata(address('Namespace', 'shop'))).toEqual(live('Namespace', 'shop'));
    expect(await seen.readMetadata(address('Namespace', 'none'))).toBeUndefined();
    expect(asked).toEqual(['list ConfigMap', 'read ConfigMap a', 'list Namespace', 'read Namespace shop']);
  });

  it('is asked object by object where a kind has no list, or rights do not cover it', async () => {
    const { seen, asked } = cluster([live('Token', 't', 'shop')]);
    expect(await seen.readMetadata(address('Token', 't', 'shop'))).toEqual(live('Token', 't', 'shop'));
    expect(asked).toEqual(['read Token t']);
    const forbidden = new ClusterError('cluster-forbidden', 'not the whole cluster');
    const narrow = cluster(objects, () => (narrow.asked.length === 1 ? forbidden : undefined));
    expect(await narrow.seen.listMetadata({ kind: configMaps, namespace: 'shop' })).toEqual([objects[0]]);
    expect(narrow.asked).toEqual(['list ConfigMap', 'list ConfigMap in shop']);
  });

  it('does not remember a list that failed, and takes what is written meanwhile all the same', async () => {
    let isAway = true;
    const { seen } = cluster(objects, () => (isAway ? new ClusterError('cluster-unreachable', 'away') : undefined));
    await expect(seen.listMetadata({ kind: configMaps })).rejects.toThrow('away');
    const failing = seen.listMetadata({ kind: configMaps }).catch((error: Error) => error.message);
    await seen.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'new' } });
    expect(await failing).toBe('away');
    isAway = false;
    expect(await seen.listMetadata({ kind: configMaps })).toEqual(objects);
  });
});
