import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { boundedText } from '../bounded-text.ts';
import { Limit } from '../limit.ts';
import { type Lossless, losslessAt, parseLossless } from './lossless-json.ts';

/** Trust and proof of the connection itself, as PEM. */
export type VaultTls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

export type VaultHttpOptions = {
  /** The URL of Vault; a path in it is kept. */
  readonly server: string;
  readonly tls: VaultTls;
  /** Go along with every request. */
  readonly headers: { readonly [name: string]: string };
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** Attempts after the first, and the pause before them, which doubles each time. */
  readonly retries: number;
  readonly intervalMs: number;
};

export type VaultRequest = {
  readonly method: 'GET' | 'POST';
  /** After `/v1/`, not yet encoded. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
};

export type VaultAnswer = {
  readonly status: number;
  /** The whole body; undefined where it is no JSON. */
  readonly body: Lossless | undefined;
  /** What Vault says about a failure: to be compared with its known phrases, never to be shown. */
  readonly errors: readonly string[];
  /** The state that a later request has to see. */
  readonly index?: string;
};

const requestsAtOnce = 16;
const maxRedirects = 3;
const maxBytes = 32 * 1024 * 1024;
const longestPauseMs = 10_000;
const passing = [412, 429, 500, 502, 503, 504];

/** Vault's HTTP API over kept connections: bounded, and repeated where that can help. */
export class VaultHttp {
  /** Host and port. */
  readonly host: string;
  readonly #options: VaultHttpOptions;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #agent: Dispatcher;
  readonly #limit = new Limit(requestsAtOnce);

  constructor(options: VaultHttpOptions) {
    const { origin, pathname, host } = new URL(options.server);
    this.host = host;
    this.#options = options;
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, '');
    const connect = { ...options.tls, timeout: options.timeoutMs };
    this.#agent = new Agent({ connections: requestsAtOnce, connect, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Any status is an answer; what is thrown says that there was none, and must not be shown. */
  ask(request: VaultRequest): Promise<VaultAnswer> {
    return this.#limit.run(() => this.#askUntilSettled(request));
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #askUntilSettled(request: VaultRequest): Promise<VaultAnswer> {
    for (let left = this.#options.retries, pause = this.#options.intervalMs; ; left -= 1, pause *= 2) {
      const outcome = await this.#follow(request).catch((error: unknown) => ({ error }));
      if (left <= 0 || !mayPass(outcome)) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
      await sleep(Math.min(longestPauseMs, pause * (0.5 + Math.random())));
    }
  }

  async #follow(request: VaultRequest): Promise<VaultAnswer> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    let path = `${this.#basePath}/v1/${toUrlPath(request)}`;
    for (let hops = 0; ; hops += 1) {
      const response = await this.#send(request, path, signal);
      const next = this.#redirectOf(response, path);
      if (next === undefined || hops >= maxRedirects) return readAnswer(response);
      await response.body.dump();
      path = next;
    }
  }

  #send({ method, headers, body }: VaultRequest, path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers: {
        ...this.#options.headers,
        ...headers,
        'x-vault-request': 'true',
        'user-agent': 'plumbline',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body ?? null,
      signal,
    });
  }

  /** Only within the server: the token is for nobody else. */
  #redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: string): string | undefined {
    const location = headers['location'];
    if (statusCode < 300 || statusCode >= 400 || typeof location !== 'string') return undefined;
    const base = `${this.#origin}${from}`;
    if (!URL.canParse(location, base)) return undefined;
    const to = new URL(location, base);
    return to.origin === this.#origin ? to.pathname + to.search : undefined;
  }
}

/** The code of a network error, or of its first cause that has one; empty where there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { name, code, cause } = error as { readonly name?: unknown; readonly code?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') return 'TIMEOUT';
  return codeOf(cause) || (typeof code === 'string' ? code : '');
}

/** What a later attempt may answer otherwise. A sealed Vault stays sealed until somebody unseals it. */
function mayPass(outcome: VaultAnswer | { readonly error: unknown }): boolean {
  if ('error' in outcome) return !/^TIMEOUT$|CERT|OSSL|SSL|^UNABLE_/.test(codeOf(outcome.error));
  return passing.includes(outcome.status) && !outcome.errors.some((text) => text.startsWith('Vault is sealed'));
}

async function readAnswer(response: Dispatcher.ResponseData): Promise<VaultAnswer> {
  const body = parseLossless(await boundedText(response, maxBytes));
  const errors = losslessAt(body, 'errors');
  const warnings = losslessAt(body, 'warnings');
  const index = response.headers['x-vault-index'];
  return {
    status: response.statusCode,
    body,
    errors: [errors, warnings].flatMap((list) => (Array.isArray(list) ? list.filter(isText).map(withoutCount) : [])),
    ...(typeof index === 'string' ? { index } : {}),
  };
}

function toUrlPath({ path, query }: VaultRequest): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return query === undefined ? encoded : `${encoded}?${new URLSearchParams(query)}`;
}

/** Vault puts `1 error occurred:` before some of its phrases. */
function withoutCount(text: string): string {
  return text.replace(/^\d+ errors? occurred:\s*\*\s*/, '');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
