import type { StoreRef } from '../../model/secret-store.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { type Attempt, refusedError, unansweredError, unusableError } from './failures.ts';
import type { Login } from './login.ts';
import { losslessAt, Numeral } from './lossless-json.ts';
import type { VaultAnswer, VaultHttp, VaultRequest } from './vault-http.ts';

/** A token that is written in a Secret is read anew this often. */
const givenTokenMs = 60_000;
/** The part of a lease that is used. */
const leasePart = 0.9;

type Held = {
  readonly token: string;
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** True: it was made for us, and is ended when we end. */
  readonly isOurs: boolean;
};

export type SessionOptions = {
  readonly http: VaultHttp;
  readonly provider: VaultStore;
  readonly store: StoreRef;
  /** Younger tokens are not doubted. */
  readonly freshMs: number;
};

export type Question = Omit<Attempt, 'store' | 'server'> & { readonly query?: { readonly [name: string]: string } };

/** What one store's identity asks of Vault: logs in when it has to, and again when the token has ended. */
export class VaultSession {
  readonly #options: SessionOptions;
  #prepare: (() => Promise<Login>) | undefined;
  #held: Promise<Held> | undefined;
  #expiresAt = 0;
  #doubt: { readonly held: Held; readonly at: number; readonly isLost: Promise<boolean> } | undefined;
  #index: string | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** What to log in with from now on, before all else; the token that is held stays. */
  prepareWith(prepare: () => Promise<Login>): void {
    this.#prepare = prepare;
  }

  /** Logs in unless that has been done. */
  async open(): Promise<void> {
    await this.#current();
  }

  /** The answer to a question; SecretError where there is none, or no login. */
  async ask(question: Question): Promise<VaultAnswer> {
    const held = await this.#current();
    const answer = await this.#askAs(held, question);
    if (answer.status !== 403 || !(await this.#isLost(held))) return answer;
    if ((await this.#held?.catch(() => undefined)) === held) this.#held = undefined;
    return this.#askAs(await this.#current(), question);
  }

  attemptOf({ action, path, capability }: Question): Attempt {
    return { store: this.#options.store, server: this.#options.http.host, action, path, capability };
  }

  /** Ends the token, where it was made for us; nothing comes of it when that fails. */
  async close(): Promise<void> {
    const held = await this.#held?.catch(() => undefined);
    this.#held = undefined;
    if (held?.isOurs !== true) return;
    const headers = this.#headersFor(this.#loginNamespace(), held.token);
    const request: VaultRequest = { method: 'POST', path: 'auth/token/revoke-self', headers };
    await this.#options.http.ask(request).catch(() => undefined);
  }

  #current(): Promise<Held> {
    if (this.#held !== undefined && Date.now() < this.#expiresAt) return this.#held;
    const logging = this.#logIn();
    this.#held = logging;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    logging.then(
      ({ expiresAt }) => {
        if (this.#held === logging) this.#expiresAt = expiresAt;
      },
      () => {
        if (this.#held === logging) this.#held = undefined;
      },
    );
    return logging;
  }

  async #logIn(): Promise<Held> {
    const login = await this.#prepare?.();
    if (login === undefined) throw new Error('prepareWith comes first');
    const obtainedAt = Date.now();
    if ('token' in login)
      return { token: login.token, obtainedAt, expiresAt: obtainedAt + givenTokenMs, isOurs: false };
    const { path } = login;
    const attempt = this.attemptOf({ action: `logging in by ${path}`, path, capability: 'login' });
    const headers = this.#headersFor(this.#loginNamespace());
    const answer = await this.#send(attempt, { method: 'POST', path, headers, body: JSON.stringify(login.body) });
    if (answer.status >= 300) throw refusedError(attempt, answer);
    if (this.#options.provider.readYourWrites) this.#index = answer.index;
    const token = losslessAt(answer.body, 'auth', 'client_token');
    if (typeof token !== 'string' || token === '') throw unusableError(attempt, 'the answer holds no token');
    const seconds = numberOf(losslessAt(answer.body, 'auth', 'lease_duration'));
    const isOurs = losslessAt(answer.body, 'auth', 'token_type') !== 'batch';
    const lifeMs = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000 * leasePart;
    return { token, obtainedAt, expiresAt: obtainedAt + lifeMs, isOurs };
  }

  /** Vault answers alike where a policy says no and where the token is no more. */
  #isLost(held: Held): Promise<boolean> {
    const now = Date.now();
    const { freshMs } = this.#options;
    if (now - held.obtainedAt < freshMs) return Promise.resolve(false);
    if (this.#doubt?.held === held && now - this.#doubt.at <= freshMs) return this.#doubt.isLost;
    const path = 'auth/token/lookup-self';
    const headers = this.#headersFor(this.#loginNamespace(), held.token);
    const isLost = this.#options.http.ask({ method: 'GET', path, headers }).then(
      ({ status }) => status === 403,
      () => false,
    );
    this.#doubt = { held, at: now, isLost };
    return isLost;
  }

  #askAs({ token }: Held, question: Question): Promise<VaultAnswer> {
    const { path, query } = question;
    const headers = this.#headersFor(this.#options.provider.namespace, token);
    const request: VaultRequest = { method: 'GET', path, headers, ...(query === undefined ? {} : { query }) };
    return this.#send(this.attemptOf(question), request);
  }

  async #send(attempt: Attempt, request: VaultRequest): Promise<VaultAnswer> {
    try {
      return await this.#options.http.ask(request);
    } catch (error) {
      throw unansweredError(attempt, error);
    }
  }

  #loginNamespace(): string | undefined {
    const { authNamespace, namespace } = this.#options.provider;
    return authNamespace ?? namespace;
  }

  #headersFor(namespace: string | undefined, token?: string): { readonly [name: string]: string } {
    return {
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(token === undefined ? {} : { 'x-vault-token': token }),
      ...(this.#index === undefined ? {} : { 'x-vault-index': this.#index }),
      ...(this.#options.provider.forwardInconsistent ? { 'x-vault-inconsistent': 'forward-active-node' } : {}),
    };
  }
}

function numberOf(value: unknown): number {
  return value instanceof Numeral ? Number(value.text) : 0;
}
