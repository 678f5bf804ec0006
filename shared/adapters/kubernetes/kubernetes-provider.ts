import type { Cluster } from '../../cluster-ports.ts';
import { ClusterError, type ErrorCode, PlumbError, SecretError } from '../../errors.ts';
import { servedKind } from '../../model/cluster.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { LiveObject, StringMap } from '../../model/manifest.ts';
import { formatStore } from '../../model/secret-store.ts';
import { type Conceal, SecretValue } from '../../model/secret-value.ts';
import type { FoundSecret, SecretAddress, SecretAnswer, SecretProvider, SecretQuery } from '../../secret-ports.ts';
import { secretJson } from './secret-json.ts';
import type { KubernetesSecretStore } from './store-target.ts';

export type SecretsOfClusterOptions = {
  readonly store: KubernetesSecretStore;
  readonly conceal: Conceal;
  /** The cluster to read, with credentials that are still good. */
  readonly connect: () => Promise<Cluster>;
};

const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The Secrets of one namespace of a cluster, each as the JSON of its data. */
export class KubernetesProvider implements SecretProvider {
  readonly #options: SecretsOfClusterOptions;
  readonly #underWay = new Map<string, Promise<SecretAnswer>>();

  constructor(options: SecretsOfClusterOptions) {
    this.#options = options;
  }

  read(address: SecretAddress): Promise<SecretAnswer> {
    const question = JSON.stringify([address.key, address.version, address.metadata === true]);
    const known = this.#underWay.get(question);
    if (known !== undefined) return known;
    const answer = this.#answer(address).finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, answer);
    return answer;
  }

  /** A path means nothing here, as for External Secrets. */
  async find({ matches, tags = {} }: SecretQuery): Promise<readonly FoundSecret[]> {
    const objects = await this.#list(tags).catch((error: unknown) => {
      throw this.#toSecretError(error, `listing Secrets of namespace ${this.#namespace}`, 'list');
    });
    return objects
      .filter(({ metadata }) => hasLabels(metadata.labels, tags) && (matches?.(metadata.name) ?? true))
      .map((secret) => ({ key: secret.metadata.name, answer: this.#found(secret, false) }))
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  get #namespace(): string {
    return this.#options.store.provider.remoteNamespace;
  }

  async #list(tags: StringMap): Promise<readonly LiveObject[]> {
    const cluster = await this.#options.connect();
    const kind = servedKind(await cluster.facts(), { group: '', kind: 'Secret' });
    if (kind === undefined) throw new ClusterError('cluster-refused', 'Secrets are not served');
    const labelSelector = Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    return cluster.list({ kind, namespace: this.#namespace, ...(labelSelector === '' ? {} : { labelSelector }) });
  }

  async #answer({ key, version, metadata = false }: SecretAddress): Promise<SecretAnswer> {
    if (!objectName.test(key)) return { state: 'failed', error: this.#notAName(key) };
    const ref = { group: '', kind: 'Secret', namespace: this.#namespace, name: key };
    try {
      const secret = await (await this.#options.connect()).read({ ref, version: 'v1' });
      if (secret === undefined) return { state: 'absent' };
      const current = secret.metadata.resourceVersion;
      if (version === undefined || version === current || !/^\d+$/.test(version)) return this.#found(secret, metadata);
      return { state: 'failed', error: this.#gone(key, version) };
    } catch (error) {
      return {
        state: 'failed',
        error: this.#toSecretError(error, `reading Secret ${this.#namespace}/${key}`, 'get'),
      };
    }
  }

  #found(secret: LiveObject, metadata: boolean): SecretAnswer {
    const { resourceVersion, labels, annotations } = secret.metadata;
    const value = metadata
      ? this.#options.conceal(Buffer.from(metadataJson(labels, annotations)))
      : this.#options.conceal(secretJson(dataOf(secret)));
    const changedAt = changeOf(secret);
    return { state: 'found', value, version: resourceVersion, ...(changedAt === undefined ? {} : { changedAt }) };
  }

  #notAName(key: string): SecretError {
    return this.#error(
      'secret-invalid',
      `"${key}" is not the name of a Secret`,
      'Write the name of one as remoteRef.key.',
    );
  }

  #gone(key: string, version: string): SecretError {
    return this.#error(
      'secret-absent',
      `Secret ${this.#namespace}/${key} is no longer in version ${version}, and Kubernetes keeps no older ones`,
      'Ask for it without a version.',
    );
  }

  /** Of a failure of the cluster only its kind is told. */
  #toSecretError(error: unknown, action: string, verb: 'get' | 'list'): SecretError {
    if (error instanceof SecretError) return error;
    const code = error instanceof PlumbError ? error.code : undefined;
    const meaning = meanings.find(({ codes }) => code !== undefined && codes.includes(code)) ?? otherMeaning;
    const hint =
      meaning.code === 'secret-denied'
        ? `Give the store's identity the verb ${verb} on secrets in namespace ${this.#namespace} there.`
        : meaning.hint;
    return this.#error(meaning.code, `${action} failed: ${meaning.why}`, hint);
  }

  #error(code: ErrorCode, what: string, hint: string): SecretError {
    const { ref, provider } = this.#options.store;
    const where = provider.server === undefined ? '' : ` (${provider.server.url})`;
    return new SecretError(code, `${formatStore(ref)}${where}: ${what}`, { object: formatStore(ref), hint });
  }
}

type Meaning = {
  readonly codes: readonly ErrorCode[];
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
};

const meanings: readonly Meaning[] = [
  {
    codes: ['cluster-forbidden'],
    code: 'secret-denied',
    why: 'the API server does not allow it',
    hint: '',
  },
  {
    codes: ['cluster-unreachable', 'timeout'],
    code: 'secret-unreachable',
    why: 'the API server does not answer as it should',
    hint: "Check the store's server and CA, and the network on the way to it.",
  },
];

const otherMeaning: Meaning = {
  codes: [],
  code: 'secret-invalid',
  why: 'the API server refuses it',
  hint: "Check the store's server and remoteNamespace, and the labels of find.tags.",
};

function dataOf(secret: LiveObject): ReadonlyMap<string, SecretValue> {
  const data = isJsonObject(secret['data']) ? secret['data'] : {};
  const entries = Object.entries(data).filter(
    (entry): entry is [string, SecretValue] => entry[1] instanceof SecretValue,
  );
  return new Map(entries);
}

/** As External Secrets writes it: maps that are not there are null. */
function metadataJson(labels: StringMap | undefined, annotations: StringMap | undefined): string {
  return JSON.stringify({ annotations: sorted(annotations), labels: sorted(labels) });
}

function sorted(map: StringMap | undefined): StringMap | null {
  if (map === undefined) return null;
  return Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function hasLabels(labels: StringMap | undefined, wanted: StringMap): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

/** The last change that the API server remembers. */
function changeOf({ metadata }: LiveObject): string | undefined {
  const fields: Json | undefined = metadata['managedFields'];
  const changes = Array.isArray(fields) ? fields.filter(isJsonObject).map(({ time }) => time) : [];
  const times = [...changes, metadata['creationTimestamp']].filter((time) => typeof time === 'string');
  return times.sort().at(-1);
}
