import type { Cluster, DeleteConditions, ListQuery, ObjectAddress } from '../../../shared/cluster-ports.ts';
import { ClusterError } from '../../../shared/errors.ts';
import type { ClusterFacts, ServedKind } from '../../../shared/model/cluster.ts';
import { canonicalJson, isJsonObject, type Json, jsonAt } from '../../../shared/model/json.ts';
import type { LiveMetadata, LiveObject, Manifest } from '../../../shared/model/manifest.ts';
import { keyOf, refOf } from '../../../shared/model/object-ref.ts';

const namespacedKind = (group: string, kind: string): ServedKind => ({
  group,
  version: 'v1',
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: ['get', 'list', 'patch', 'delete'],
});

const facts: ClusterFacts = {
  name: 'model',
  server: 'https://model.test',
  version: 'v1.36.3',
  served: [
    namespacedKind('', 'ConfigMap'),
    namespacedKind('apps', 'Deployment'),
    { ...namespacedKind('', 'Namespace'), namespaced: false },
  ],
};

/** As much of an API server as the engine can tell from one: server-side apply with force, preconditions, finalizers, rollouts. */
export class MemoryCluster implements Cluster {
  readonly name: string = facts.name;
  readonly #objects = new Map<string, LiveObject>();
  #version = 0;
  #made = 0;

  async facts(): Promise<ClusterFacts> {
    return facts;
  }

  requestToken(): Promise<never> {
    return Promise.reject(new Error('the model has no ServiceAccounts'));
  }

  async rediscover(): Promise<ClusterFacts> {
    return facts;
  }

  /** A whole look is also the moment at which a rollout has come to its end. */
  async read({ ref }: ObjectAddress): Promise<LiveObject | undefined> {
    const live = this.#objects.get(keyOf(ref));
    if (live?.kind === 'Deployment' && !isRolledOut(live)) this.change(live, { status: statusOf(live) });
    return live;
  }

  async readMetadata({ ref }: ObjectAddress): Promise<LiveObject | undefined> {
    const live = this.#objects.get(keyOf(ref));
    return live && metadataOf(live);
  }

  async list({ kind, namespace, labelSelector }: ListQuery): Promise<readonly LiveObject[]> {
    return this.all().filter(
      (live) =>
        live.kind === kind.kind &&
        (namespace === undefined || live.metadata.namespace === namespace) &&
        (labelSelector === undefined || live.metadata.labels?.[labelSelector] !== undefined),
    );
  }

  async listMetadata(query: ListQuery): Promise<readonly LiveObject[]> {
    return (await this.list(query)).map(metadataOf);
  }

  /** An object whose data says `refuse` is refused, as an admission webhook would. */
  async apply(manifest: Manifest): Promise<LiveObject> {
    const before = this.#objects.get(keyOf(refOf(manifest)));
    const after = await this.dryRunApply(manifest);
    if (before === undefined) return this.create(after);
    return this.change(before, after);
  }

  async dryRunApply(manifest: Manifest): Promise<LiveObject> {
    if (jsonAt(manifest, 'data', 'v') === 'refuse')
      throw new ClusterError('cluster-refused', `${manifest.metadata.name} is refused`, { status: 403 });
    const before = this.#objects.get(keyOf(refOf(manifest)));
    const metadata = {
      uid: '',
      resourceVersion: '',
      ...before?.metadata,
      ...merged(before?.metadata, manifest.metadata),
    };
    return { ...before, ...manifest, metadata };
  }

  async delete({ ref }: ObjectAddress, conditions: DeleteConditions): Promise<'requested' | 'absent'> {
    const live = this.#objects.get(keyOf(ref));
    const { uid, resourceVersion } = conditions;
    if (live === undefined || live.metadata.uid !== uid) return 'absent';
    if (live.metadata.deletionTimestamp !== undefined) return 'requested';
    if (resourceVersion !== undefined && live.metadata.resourceVersion !== resourceVersion)
      throw new ClusterError('cluster-conflict', `${ref.name} has changed meanwhile`, { status: 409, retryable: true });
    const isHeld = Array.isArray(live.metadata['finalizers']);
    if (isHeld) this.change(live, { metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    else this.remove(live);
    return 'requested';
  }

  /** All objects at this instant, sorted by identity. */
  all(): readonly LiveObject[] {
    return [...this.#objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, live]) => live);
  }

  find(ref: ObjectAddress['ref']): LiveObject | undefined {
    return this.#objects.get(keyOf(ref));
  }

  create(manifest: Manifest): LiveObject {
    this.#made += 1;
    const generation = manifest.kind === 'Deployment' ? { generation: 1 } : {};
    const metadata = { ...manifest.metadata, uid: `uid-${this.#made}`, resourceVersion: this.#next(), ...generation };
    return this.#keep({ ...manifest, metadata });
  }

  /** Gives an object other fields; nothing happens when they are the ones that it has. */
  change(
    live: LiveObject,
    fields: { readonly metadata?: LiveMetadata; readonly [field: string]: Json | undefined },
  ): LiveObject {
    const next: LiveObject = { ...live, ...fields, metadata: fields.metadata ?? live.metadata };
    if (canonicalJson(next) === canonicalJson(live)) return live;
    const isNewSpec = canonicalJson(next['spec'] ?? null) !== canonicalJson(live['spec'] ?? null);
    const generation = isNewSpec ? { generation: (live.metadata.generation ?? 0) + 1 } : {};
    return this.#keep({ ...next, metadata: { ...next.metadata, resourceVersion: this.#next(), ...generation } });
  }

  remove(live: LiveObject): void {
    this.#objects.delete(keyOf(refOf(live)));
  }

  #keep(live: LiveObject): LiveObject {
    this.#objects.set(keyOf(refOf(live)), live);
    return live;
  }

  #next(): string {
    this.#version += 1;
    return `${this.#version}`;
  }
}

function merged(before: Manifest['metadata'] | undefined, wanted: Manifest['metadata']): Manifest['metadata'] {
  return {
    ...wanted,
    labels: { ...before?.labels, ...wanted.labels },
    annotations: { ...before?.annotations, ...wanted.annotations },
  };
}

function metadataOf({ apiVersion, kind, metadata }: LiveObject): LiveObject {
  return { apiVersion, kind, metadata };
}

function isRolledOut(live: LiveObject): boolean {
  const status = live['status'];
  return isJsonObject(status) && canonicalJson(status) === canonicalJson(statusOf(live));
}

function statusOf(live: LiveObject): Json {
  const replicas = jsonAt(live, 'spec', 'replicas');
  const observedGeneration = live.metadata.generation;
  return {
    replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
    readyReplicas: replicas,
    observedGeneration,
  } as Json;
}
