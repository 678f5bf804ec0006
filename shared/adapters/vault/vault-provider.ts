import { SecretError } from '../../errors.ts';
import { formatStore } from '../../model/secret-store.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { type VaultPath, vaultFolderOf, vaultPathOf } from '../../model/vault-path.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import type { FoundSecret, SecretAddress, SecretAnswer, SecretProvider, SecretQuery } from '../../secret-ports.ts';
import { refusedError, unusableError } from './failures.ts';
import { KeptAnswers } from './kept-answers.ts';
import { listNames } from './list-names.ts';
import { goJson, isLosslessObject, type Lossless, type LosslessObject, losslessAt, Numeral } from './lossless-json.ts';
import type { VaultAnswer } from './vault-http.ts';
import type { Question, VaultSession } from './vault-session.ts';

export type ProviderOptions = {
  readonly session: VaultSession;
  readonly store: VaultStore;
  readonly conceal: Conceal;
  readonly keepMs: number;
};

/** The secrets of Vault's KV engine, version 1 or 2, as one identity may read them. */
export class VaultProvider implements SecretProvider {
  readonly #options: ProviderOptions;
  readonly #kept: KeptAnswers<SecretAnswer>;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#kept = new KeptAnswers(options.keepMs, ({ state }) => state !== 'failed');
  }

  read(address: SecretAddress): Promise<SecretAnswer> {
    const { key, version = '', metadata = false } = address;
    return this.#kept.ask(JSON.stringify([key, version, metadata]), () => this.#answer(address));
  }

  /** Lets go of all values that are kept for equal questions. */
  forget(): void {
    this.#kept.forget();
  }

  async find(query: SecretQuery): Promise<readonly FoundSecret[]> {
    const { session, store } = this.#options;
    const folder = vaultFolderOf(store, query.path);
    if (folder === undefined) throw this.#invalid(query.path ?? '', 'a search needs a mount, and a path below it');
    const { tags } = query;
    if (tags !== undefined && store.version === 'v1')
      throw this.#invalid(query.path ?? '', 'KV version 1 has no custom metadata to find by');
    const names = await listNames({ session, version: store.version, folder });
    const prefix = trimSlashes(query.path ?? '');
    const keys = names.map((name) => (prefix === '' ? name : `${prefix}/${name}`));
    const found = await Promise.all(
      keys.filter((key) => query.matches?.(key) ?? true).map((key) => this.#findOne(key, tags)),
    );
    return found.filter((each) => each !== undefined).sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  async #findOne(key: string, tags: SecretQuery['tags']): Promise<FoundSecret | undefined> {
    const tagged = tags === undefined ? true : await this.#hasTags(key, tags);
    if (tagged === false) return undefined;
    const answer = tagged === true ? await this.read({ key }) : tagged;
    return answer.state === 'absent' ? undefined : { key, answer };
  }

  /** A failed answer where the tags cannot be read. */
  async #hasTags(key: string, tags: NonNullable<SecretQuery['tags']>): Promise<boolean | SecretAnswer> {
    try {
      const custom = losslessAt(await this.#metadataOf(this.#placeOf(key)), 'custom_metadata');
      return Object.entries(tags).every(([name, value]) => losslessAt(custom, name) === value);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #answer(address: SecretAddress): Promise<SecretAnswer> {
    try {
      return address.metadata === true ? await this.#readMetadata(address) : await this.#readValue(address);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): SecretAnswer {
    if (error instanceof SecretError) return { state: 'failed', error };
    throw error;
  }

  /** KV version 1 has one version and no number of it; a version that is asked for is no concern of it, as for External Secrets. */
  async #readValue({ key, version }: SecretAddress): Promise<SecretAnswer> {
    const { mount, path } = this.#placeOf(key);
    const isV2 = this.#options.store.version === 'v2';
    if (isV2 && version !== undefined && !/^\d+$/.test(version))
      throw this.#invalid(key, 'its version is not a number, as versions of KV version 2 are');
    const question: Question = {
      action: `reading ${mount}/${path}`,
      path: isV2 ? `${mount}/data/${path}` : `${mount}/${path}`,
      capability: 'read',
      ...(isV2 && version !== undefined ? { query: { version } } : {}),
    };
    const body = await this.#ask(question);
    const data = isV2 ? losslessAt(body, 'data', 'data') : losslessAt(body, 'data');
    if (body === undefined || data === null) return { state: 'absent' };
    if (!isLosslessObject(data))
      throw unusableError(this.#options.session.attemptOf(question), 'the answer holds no data of a KV engine');
    const about = isV2 ? losslessAt(body, 'data', 'metadata') : undefined;
    return this.#found(data, textOf(about, 'version'), textOf(about, 'created_time'));
  }

  async #readMetadata({ key }: SecretAddress): Promise<SecretAnswer> {
    if (this.#options.store.version === 'v1') throw this.#invalid(key, 'KV version 1 has no metadata to fetch');
    const about = await this.#metadataOf(this.#placeOf(key));
    if (about === undefined) return { state: 'absent' };
    const custom = about['custom_metadata'];
    const entries = [
      ...Object.entries(about).filter(([name]) => shownMetadata.includes(name)),
      ...(isLosslessObject(custom) ? Object.entries(custom) : []),
    ].map(([name, value]) => [name, typeof value === 'string' ? value : goJson(value)]);
    return this.#found(Object.fromEntries(entries), textOf(about, 'current_version'), textOf(about, 'updated_time'));
  }

  async #metadataOf({ mount, path }: VaultPath): Promise<LosslessObject | undefined> {
    const question: Question = {
      action: `reading the metadata of ${mount}/${path}`,
      path: `${mount}/metadata/${path}`,
      capability: 'read',
    };
    const body = await this.#ask(question);
    if (body === undefined) return undefined;
    const about = losslessAt(body, 'data');
    if (isLosslessObject(about)) return about;
    throw unusableError(this.#options.session.attemptOf(question), 'the answer holds no metadata');
  }

  /** The body of a success; undefined where there is nothing of that name. */
  async #ask(question: Question): Promise<Lossless | undefined> {
    const { session } = this.#options;
    const answer = await session.ask(question);
    if (answer.status === 200) {
      if (answer.body !== undefined) return answer.body;
      throw unusableError(session.attemptOf(question), 'the answer is no JSON');
    }
    if (answer.status === 404 && saysAbsent(answer)) return undefined;
    throw refusedError(session.attemptOf(question), answer);
  }

  #placeOf(key: string): VaultPath {
    const place = vaultPathOf(this.#options.store, key);
    if (place !== undefined) return place;
    throw this.#invalid(key, 'it is no path of a secret in a KV engine');
  }

  #found(data: LosslessObject, version: string, changedAt: string): SecretAnswer {
    const value = this.#options.conceal(Buffer.from(goJson(data)));
    return { state: 'found', value, version, ...(changedAt === '' ? {} : { changedAt }) };
  }

  #invalid(key: string, why: string): SecretError {
    const { store, server } = this.#options.session.attemptOf({ action: '', path: '', capability: 'read' });
    return new SecretError('secret-invalid', `${formatStore(store)}: "${key}" at Vault ${server}: ${why}`, {
      object: formatStore(store),
      hint: 'Correct the key, path or version in the ExternalSecret, or path and version of the store.',
    });
  }
}

/** As External Secrets gives them beside the custom ones. */
const shownMetadata = ['created_time', 'current_version', 'delete_version_after'];

/** Vault says nothing of what is not there, but that a path is wrong it says. */
function saysAbsent({ errors }: VaultAnswer): boolean {
  return errors.every((text) => !/^no handler for route|Invalid path for a versioned/.test(text));
}

function textOf(value: Lossless | undefined, name: string): string {
  const member = losslessAt(value, name);
  if (member instanceof Numeral) return member.text;
  return typeof member === 'string' ? member : '';
}

function trimSlashes(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/');
}
