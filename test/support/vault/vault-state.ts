import { randomUUID } from 'node:crypto';
import { type KvEngine, KvV1, KvV2 } from './kv-engine.ts';
import { allows, type Capability, defaultPolicy, type Policy } from './policies.ts';

export type TokenRequest = {
  readonly policies: readonly string[];
  /** Seconds; 0: for ever. */
  readonly ttl?: number;
  readonly uses?: number;
  readonly type?: 'service' | 'batch';
};

type Token = TokenRequest & { readonly id: string; readonly endsAt: number; used: number };

export type AuthMount = {
  readonly type: string;
  readonly config: Record<string, unknown>;
  /** Roles, users or certificates, by name. */
  readonly entries: Map<string, Record<string, unknown>>;
};

/** What one namespace of the server holds. */
export class VaultState {
  readonly engines: Map<string, KvEngine> = new Map();
  readonly auth: Map<string, AuthMount> = new Map();
  readonly #policies = new Map<string, Policy>([['default', defaultPolicy]]);
  readonly #tokens = new Map<string, Token>();

  mountKv(path: string, version: string): void {
    this.engines.set(path, version === '1' ? new KvV1() : new KvV2());
  }

  setPolicy(name: string, policy: Policy): void {
    this.#policies.set(name, policy);
  }

  issue(request: TokenRequest): Token {
    const { ttl = 0, type = 'service' } = request;
    const id = `${type === 'batch' ? 'hvb' : 'hvs'}.${randomUUID().replaceAll('-', '')}`;
    const token = { ...request, id, endsAt: ttl === 0 ? Number.POSITIVE_INFINITY : Date.now() + ttl * 1000, used: 0 };
    this.#tokens.set(id, token);
    return token;
  }

  /** The names of the tokens that are still good. */
  tokens(): readonly string[] {
    return [...this.#tokens.values()].filter(({ endsAt }) => endsAt > Date.now()).map(({ id }) => id);
  }

  revoke(id: string): void {
    this.#tokens.delete(id);
  }

  /** The token, with one more use; undefined when there is no such one any more. */
  use(id: string): Token | undefined {
    const token = this.#tokens.get(id);
    if (token === undefined || token.endsAt <= Date.now()) return undefined;
    if (token.uses !== undefined && token.used >= token.uses) return undefined;
    token.used += 1;
    return token;
  }

  admits(token: Token, path: string, capability: Capability): boolean {
    if (token.policies.includes('root')) return true;
    const policies = [...token.policies, 'default'].map((name) => this.#policies.get(name) ?? []);
    return allows(policies, path, capability);
  }
}
