import type { Cluster, DeleteConditions, ListQuery, ObjectAddress } from '../../cluster-ports.ts';
import { ClusterError } from '../../errors.ts';
import type { ClusterFacts, ServedKind } from '../../model/cluster.ts';
import type { LiveObject, Manifest } from '../../model/manifest.ts';
import { formatRef, type ObjectRef, refOf, versionOf } from '../../model/object-ref.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';
import { ApiClient, type ApiRequest, type ClientOptions } from './api-client.ts';
import { apiVersionOf, objectPath, withQuery } from './api-paths.ts';
import { isObjectMissing } from './api-status.ts';
import { concealLive } from './conceal-live.ts';
import { discover } from './discover.ts';
import { encodeManifest, holdsSecrets } from './encode-manifest.ts';
import { notServedError, type Purpose, type Verb } from './failures.ts';
import type { Target } from './find-target.ts';
import { listObjects, metadataAccept } from './list-objects.ts';
import { parseAnswer } from './parse-answer.ts';
import { requestToken } from './request-token.ts';

const fieldManager = 'plumbline';

export type ClusterOptions = ClientOptions & {
  /** What Secrets are concealed with as they come in. */
  readonly conceal: Conceal;
};

/** One API server behind the Cluster port, over a client of our own. */
export class ApiCluster implements Cluster {
  readonly name: string;
  readonly #client: ApiClient;
  readonly #conceal: Conceal;
  /** What is served where; a cluster that has moved is asked anew. */
  #facts: { readonly server: string; readonly asked: Promise<ClusterFacts> } | undefined;
  #kinds: { readonly facts: ClusterFacts; readonly byKey: ReadonlyMap<string, ServedKind> } | undefined;

  constructor(target: Target, options: ClusterOptions) {
    this.name = target.name;
    this.#conceal = options.conceal;
    this.#client = new ApiClient(target, options);
  }

  facts(): Promise<ClusterFacts> {
    return this.#knownFacts();
  }

  rediscover(): Promise<ClusterFacts> {
    this.#facts = undefined;
    return this.#knownFacts();
  }

  async read(address: ObjectAddress): Promise<LiveObject | undefined> {
    return this.#readAs(address, 'application/json');
  }

  async readMetadata(address: ObjectAddress): Promise<LiveObject | undefined> {
    const live = await this.#readAs(address, metadataAccept);
    return live && { apiVersion: live.apiVersion, kind: live.kind, metadata: live.metadata };
  }

  async list(query: ListQuery): Promise<readonly LiveObject[]> {
    const objects = await listObjects(this.#client, query, 'whole');
    return objects.map((object) => concealLive(object, this.#conceal));
  }

  /** Without managedFields, which no comparison of metadata needs and which would be most of what is kept in memory. */
  listMetadata(query: ListQuery): Promise<readonly LiveObject[]> {
    return listObjects(this.#client, query, 'metadata');
  }

  apply(manifest: Manifest): Promise<LiveObject> {
    return this.#patch(manifest, 'apply');
  }

  dryRunApply(manifest: Manifest): Promise<LiveObject> {
    return this.#patch(manifest, 'dry-run');
  }

  async delete(address: ObjectAddress, conditions: DeleteConditions): Promise<'requested' | 'absent'> {
    const { uid, resourceVersion, propagation: propagationPolicy } = conditions;
    const options = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy,
      preconditions: { uid, resourceVersion },
    };
    const request: ApiRequest = {
      ...(await this.#requestFor(address, 'delete')),
      method: 'DELETE',
      contentType: 'application/json',
      body: () => JSON.stringify(options),
    };
    const answer = await this.#client.ask(request);
    if ('body' in answer) return 'requested';
    if (isObjectMissing(answer.status)) return 'absent';
    const outcome = answer.status.code === 409 ? await this.#afterConflict(address, conditions) : 'refused';
    if (outcome !== 'refused') return outcome;
    throw this.#client.refusal(request, answer.status);
  }

  requestToken(account: Parameters<Cluster['requestToken']>[0]): Promise<SecretValue> {
    return requestToken(this.#client, account, this.#conceal);
  }

  /** Ends all kept connections. */
  close(): Promise<void> {
    return this.#client.close();
  }

  /** Which precondition failed; also, a delete that was repeated after a lost answer meets its own effect. */
  async #afterConflict(address: ObjectAddress, { uid }: DeleteConditions): Promise<'requested' | 'absent' | 'refused'> {
    const live = await this.readMetadata(address);
    if (live?.metadata.uid !== uid) return 'absent';
    return live.metadata.deletionTimestamp === undefined ? 'refused' : 'requested';
  }

  async #readAs(address: ObjectAddress, accept: string): Promise<LiveObject | undefined> {
    const request: ApiRequest = { ...(await this.#requestFor(address, 'get')), accept };
    const answer = await this.#client.ask(request);
    if ('body' in answer) return this.#toLive(request.purpose, address, answer.body);
    if (isObjectMissing(answer.status)) return undefined;
    throw this.#client.refusal(request, answer.status);
  }

  async #patch(manifest: Manifest, verb: 'apply' | 'dry-run'): Promise<LiveObject> {
    const address = { ref: refOf(manifest), version: versionOf(manifest.apiVersion) };
    const request = await this.#requestFor(address, verb);
    const purpose = { ...request.purpose, secret: request.purpose.secret || holdsSecrets(manifest) };
    const body = await this.#client.call({
      ...request,
      purpose,
      method: 'PATCH',
      path: withQuery(request.path, {
        fieldManager,
        force: 'true',
        fieldValidation: 'Strict',
        dryRun: verb === 'dry-run' ? 'All' : undefined,
      }),
      contentType: 'application/apply-patch+yaml',
      body: () => encodeManifest(manifest),
    });
    return this.#toLive(request.purpose, address, body);
  }

  async #requestFor({ ref, version }: ObjectAddress, verb: Verb): Promise<ApiRequest> {
    const subject = formatRef(ref);
    const kind = await this.#servedKind(ref, version);
    if (kind.namespaced && ref.namespace === '') throw namespaceMissing(subject);
    const purpose = { subject, verb, secret: isSecret(ref) };
    return { purpose, method: 'GET', path: objectPath(kind, ref), resource: kind.resource };
  }

  async #servedKind({ group, kind, ...ref }: ObjectRef, version: string): Promise<ServedKind> {
    const facts = await this.#knownFacts();
    if (this.#kinds?.facts !== facts) this.#kinds = { facts, byKey: indexKinds(facts) };
    const served = this.#kinds.byKey.get(`${group}/${version}/${kind}`);
    if (served !== undefined) return served;
    const apiVersion = apiVersionOf({ group, version });
    const failing = facts.failing?.includes(apiVersion) ?? false;
    throw notServedError(this.#client.server, formatRef({ group, kind, ...ref }), { kind, apiVersion, failing });
  }

  #knownFacts(): Promise<ClusterFacts> {
    const { server } = this.#client.server;
    if (this.#facts?.server === server) return this.#facts.asked;
    const asked = this.#askFacts();
    this.#facts = { server, asked };
    asked.catch(() => {
      if (this.#facts?.asked === asked) this.#facts = undefined;
    });
    return asked;
  }

  async #askFacts(): Promise<ClusterFacts> {
    const found = await discover(this.#client);
    return { name: this.name, server: this.#client.server.server, ...found };
  }

  /** Metadata-only answers call themselves PartialObjectMetadata, so identity comes from what was asked. */
  #toLive({ subject }: Purpose, { ref, version }: ObjectAddress, body: string): LiveObject {
    const answer = parseAnswer(this.#client.server, subject, body) as LiveObject;
    const live = { ...answer, apiVersion: apiVersionOf({ group: ref.group, version }), kind: ref.kind };
    return concealLive(live, this.#conceal);
  }
}

function indexKinds({ served }: ClusterFacts): ReadonlyMap<string, ServedKind> {
  return new Map(served.map((kind) => [`${kind.group}/${kind.version}/${kind.kind}`, kind]));
}

function isSecret({ group, kind }: ObjectRef): boolean {
  return group === '' && kind === 'Secret';
}

function namespaceMissing(subject: string): ClusterError {
  return new ClusterError('cluster-refused', `${subject}: its kind is namespaced, and no namespace is given`, {
    object: subject,
    hint: 'Set metadata.namespace, or spec.destination.namespace of the Application.',
  });
}
