import type { Cluster, DeleteConditions, ListQuery, ObjectAddress } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import { type ClusterFacts, type ServedKind, servedKind } from '../../model/cluster.ts';
import type { LiveObject, Manifest } from '../../model/manifest.ts';
import { keyOf, type ObjectRef, refOf } from '../../model/object-ref.ts';
import type { SecretValue } from '../../model/secret-value.ts';

/** All objects of one kind, by namespace and name; undefined: they may be read one by one, and not listed. */
type Listed = Map<string, Map<string, LiveObject>> | undefined;

/**
 * A cluster that answers what there is from one metadata LIST a kind, shared by all applications, however many ask.
 * What is written through it is known at once. Whole objects are always read anew.
 */
export class ListedCluster implements Cluster {
  readonly name: string;
  readonly #cluster: Cluster;
  readonly #labelSelector: string | undefined;
  readonly #lists = new Map<string, Promise<Listed>>();
  readonly #deleted = new Set<string>();

  /** With a label selector only what it selects is listed, and what it does not is read one by one. */
  constructor(cluster: Cluster, labelSelector?: string) {
    this.#cluster = cluster;
    this.#labelSelector = labelSelector;
    this.name = cluster.name;
  }

  facts(): Promise<ClusterFacts> {
    return this.#cluster.facts();
  }

  rediscover(): Promise<ClusterFacts> {
    return this.#cluster.rediscover();
  }

  read(address: ObjectAddress): Promise<LiveObject | undefined> {
    return this.#cluster.read(address);
  }

  list(query: ListQuery): Promise<readonly LiveObject[]> {
    return this.#cluster.list(query);
  }

  async readMetadata(address: ObjectAddress): Promise<LiveObject | undefined> {
    const { group, kind, namespace, name } = address.ref;
    const served = servedKind(await this.facts(), { group, kind, version: address.version });
    // No list says how a deletion goes on.
    if (served === undefined || this.#deleted.has(keyOf(address.ref))) return this.#cluster.readMetadata(address);
    const listed = await (this.#labelSelector === undefined ? this.#listed(served) : this.#known(address.ref));
    const live = listed?.get(namespace)?.get(name);
    if (listed === undefined || (live === undefined && this.#labelSelector !== undefined))
      return this.#cluster.readMetadata(address);
    // Nor who owns the labels of a namespace.
    return live !== undefined && isNamespace(address.ref) ? this.#cluster.readMetadata(address) : live;
  }

  async listMetadata(query: ListQuery): Promise<readonly LiveObject[]> {
    const { kind, namespace, labelSelector } = query;
    const isOwn = labelSelector === undefined || labelSelector === this.#labelSelector;
    const listed = isOwn ? await this.#listed(kind) : undefined;
    if (listed === undefined) return this.#cluster.listMetadata(query);
    const places = namespace === undefined ? [...listed.values()] : [listed.get(namespace) ?? new Map()];
    return places.flatMap((place) => [...place.values()]);
  }

  async apply(manifest: Manifest): Promise<LiveObject> {
    const live = await this.#cluster.apply(manifest);
    const ref = refOf(manifest);
    const { apiVersion, kind, metadata } = live;
    const { managedFields: _left, ...kept } = metadata;
    const listed = await this.#known(ref);
    if (listed !== undefined) put(listed, { apiVersion, kind, metadata: kept as LiveObject['metadata'] });
    this.#deleted.delete(keyOf(ref));
    return live;
  }

  dryRunApply(manifest: Manifest): Promise<LiveObject> {
    return this.#cluster.dryRunApply(manifest);
  }

  async delete(address: ObjectAddress, conditions: DeleteConditions): Promise<'requested' | 'absent'> {
    const { ref } = address;
    this.#deleted.add(keyOf(ref));
    (await this.#known(ref))?.get(ref.namespace)?.delete(ref.name);
    return this.#cluster.delete(address, conditions);
  }

  requestToken(account: Parameters<Cluster['requestToken']>[0]): Promise<SecretValue> {
    return this.#cluster.requestToken(account);
  }

  #listed(kind: ServedKind): Promise<Listed> {
    const key = listKey(kind);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const listing = listAll(kind, this.#cluster, this.#labelSelector);
    this.#lists.set(key, listing);
    listing.catch(() => this.#lists.delete(key));
    return listing;
  }

  /** The list of a kind, where there is one. */
  async #known(ref: ObjectRef): Promise<Listed> {
    return this.#lists.get(listKey(ref))?.catch(() => undefined);
  }
}

function listKey({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): string {
  return `${group}/${kind}`;
}

/** Rights may cover single namespaces and not the whole cluster. */
async function listAll(kind: ServedKind, cluster: Cluster, labelSelector: string | undefined): Promise<Listed> {
  if (!kind.verbs.includes('list')) return undefined;
  try {
    const listed = new Map<string, Map<string, LiveObject>>();
    for (const live of await cluster.listMetadata({ kind, ...(labelSelector === undefined ? {} : { labelSelector }) }))
      put(listed, live);
    return listed;
  } catch (error) {
    if (error instanceof PlumbError && error.code === 'cluster-forbidden') return undefined;
    throw error;
  }
}

function put(listed: Map<string, Map<string, LiveObject>>, live: LiveObject): void {
  const { namespace = '', name } = live.metadata;
  const place = listed.get(namespace) ?? new Map<string, LiveObject>();
  listed.set(namespace, place.set(name, live));
}

function isNamespace({ group, kind }: ObjectRef): boolean {
  return group === '' && kind === 'Namespace';
}
