import type { Cluster } from '../../cluster-ports.ts';
import { SecretError } from '../../errors.ts';
import type { ClusterKeyRef } from '../../model/cluster-key-ref.ts';
import { isJsonObject } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import { SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';

/** For whom a store is opened: `owner` names it in errors. */
export type Opening = { readonly owner: StoreRef; readonly namespace: string; readonly cluster: Cluster };

/**
 * What a store may read in the cluster. A SecretStore reads in its own namespace alone; a ClusterSecretStore in the one that it names,
 * or else in that of the ExternalSecret. Source: External Secrets Operator's resolvers, and GHSA-wv26-88m5-6h59 for ConfigMaps.
 */
export function storeAccess({ owner, namespace, cluster }: Opening): StoreAccess {
  const placeOf = (ref: { readonly namespace?: string; readonly name: string }): string => {
    if (owner.kind === 'ClusterSecretStore') return ref.namespace ?? namespace;
    if (ref.namespace === undefined || ref.namespace === owner.namespace) return owner.namespace;
    throw new SecretError(
      'secret-refused',
      `${formatStore(owner)}: it refers to ${ref.name} in namespace ${ref.namespace}, and a SecretStore may use its own namespace only`,
      { object: formatStore(owner), hint: 'use a ClusterSecretStore, or take the namespace out' },
    );
  };
  const read = async (kind: 'Secret' | 'ConfigMap' | 'ServiceAccount', ref: Named): Promise<LiveObject> => {
    const place = placeOf(ref);
    const address = { ref: { group: '', kind, namespace: place, name: ref.name }, version: 'v1' };
    const live = await cluster.read(address);
    if (live !== undefined) return live;
    throw missing(owner, `${kind} ${place}/${ref.name}`);
  };
  return {
    namespace,
    cluster,
    readSecretKey: async (ref) => {
      const value = memberOf(await read('Secret', ref), ref.key);
      if (value instanceof SecretValue) return value;
      throw missing(owner, `key ${ref.key} of Secret ${placeOf(ref)}/${ref.name}`);
    },
    readConfigMapKey: async (ref) => {
      const value = memberOf(await read('ConfigMap', ref), ref.key);
      if (typeof value === 'string') return value;
      throw missing(owner, `key ${ref.key} of ConfigMap ${placeOf(ref)}/${ref.name}`);
    },
    requestToken: async (account) => cluster.requestToken({ ...account, namespace: placeOf(account) }),
    readAccountAnnotation: async (account, annotation) =>
      (await read('ServiceAccount', account)).metadata.annotations?.[annotation],
  };
}

type Named = Pick<ClusterKeyRef, 'name' | 'namespace'>;

function memberOf(live: LiveObject, key: string): unknown {
  const { data } = live;
  return isJsonObject(data) && Object.hasOwn(data, key) ? data[key] : undefined;
}

function missing(owner: StoreRef, what: string): SecretError {
  return new SecretError('secret-absent', `${formatStore(owner)}: ${what} is not in the cluster`, {
    object: formatStore(owner),
    hint: 'create it, or correct the reference',
  });
}
