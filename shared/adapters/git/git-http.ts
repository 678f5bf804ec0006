import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { GitError } from '../../errors.ts';
import { authorizationFor, type GitAddress, type GitCredential } from './git-address.ts';
import { failureOfCause, failureOfStatus } from './git-failure.ts';

/** What the usual variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY hold. */
export type GitProxy = {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  readonly except?: string | undefined;
};

export type GitHttpOptions = {
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** Of one answer. */
  readonly maxBytes: number;
  /** Before the first repetition; doubled for each further one, with jitter. */
  readonly retryDelayMs: number;
  readonly proxy: GitProxy;
};

export type GitQuestion = {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Sent by POST; absent: GET. */
  readonly body?: string | Uint8Array;
  /** Default 3: the answer does not change what is kept, so it may be asked for again. */
  readonly attempts?: number;
};

export type GitAnswer = {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly headers: { readonly 'content-type': string };
  readonly body: AsyncIterable<Uint8Array>;
};

type Outcome<T> = { readonly value: T } | { readonly error: GitError; readonly retryAfterMs?: number };

type Reply = { readonly response: Dispatcher.ResponseData; readonly url: URL; readonly authorized: boolean };

const maxRedirects = 5;
const longestRetryAfterMs = 10_000;

/** Git's two requests over HTTP, with time-outs, limits, repetition, and credentials that stay with their host. */
export class GitHttp {
  readonly #options: GitHttpOptions;
  readonly #agent: Dispatcher;

  constructor(options: GitHttpOptions) {
    this.#options = options;
    const { http = '', https = '', except = '' } = options.proxy;
    const connect = { timeout: options.timeoutMs };
    const settings = { connections: 16, connect, headersTimeout: 0, bodyTimeout: 0 };
    // All three are given, so that nothing is read from the environment behind the caller's back.
    this.#agent =
      http === '' && https === ''
        ? new Agent(settings)
        : new EnvHttpProxyAgent({ ...settings, httpProxy: http, httpsProxy: https, noProxy: except });
  }

  /** Asks, and gives what `read` makes of the answer. All failures are GitError; `read` may be called more than once. */
  async ask<T>(address: GitAddress, question: GitQuestion, read: (answer: GitAnswer) => Promise<T>): Promise<T> {
    for (let left = question.attempts ?? 3, delay = this.#options.retryDelayMs; ; left -= 1, delay *= 2) {
      const outcome = await this.#attempt(address, question, read);
      if ('value' in outcome) return outcome.value;
      const { error, retryAfterMs = delay * (0.5 + Math.random()) } = outcome;
      if (left <= 1 || error.code !== 'git-failed' || !error.retryable) throw error;
      await sleep(Math.min(retryAfterMs, longestRetryAfterMs));
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #attempt<T>(
    address: GitAddress,
    question: GitQuestion,
    read: (answer: GitAnswer) => Promise<T>,
  ): Promise<Outcome<T>> {
    try {
      const { response, url, authorized } = await this.#followAsKnown(address, question);
      if (response.statusCode < 300) {
        const headers = { 'content-type': await typeOf(address, response) };
        return { value: await read({ url: url.href, headers, body: this.#bounded(address, response) }) };
      }
      await response.body.dump();
      const seconds = Number.parseInt(String(response.headers['retry-after'] ?? ''), 10);
      const error = failureOfStatus(address.shown, response.statusCode, authorized);
      return Number.isNaN(seconds) ? { error } : { error, retryAfterMs: seconds * 1000 };
    } catch (cause) {
      return { error: failureOfCause(address.shown, cause) };
    }
  }

  /** Once more where the credential is refused, and there is another one by now. */
  async #followAsKnown(address: GitAddress, question: GitQuestion): Promise<Reply> {
    const credential = await address.credential();
    const reply = await this.#follow(address, question, credential);
    if (reply.response.statusCode !== 401 || !reply.authorized) return reply;
    const renewed = await address.credential(credential);
    if (renewed === undefined || isSame(renewed, credential)) return reply;
    await reply.response.body.dump();
    return this.#follow(address, question, renewed);
  }

  async #follow(address: GitAddress, question: GitQuestion, credential: GitCredential | undefined): Promise<Reply> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    let url = new URL(question.url);
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      const authorization = authorizationFor(address, credential, url);
      const response = await this.#send(url, question, { authorization, signal });
      if (response.statusCode < 300 || response.statusCode >= 400)
        return { response, url, authorized: authorization !== undefined };
      await response.body.dump();
      url = nextHop(address, url, response.headers['location']);
    }
    throw new GitError('git-failed', `Git repository ${address.shown} redirects more than ${maxRedirects} times.`, {
      object: address.shown,
    });
  }

  #send(
    url: URL,
    { headers, body }: GitQuestion,
    { authorization, signal }: { authorization: string | undefined; signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const all = {
      ...headers,
      // Some hosts answer in Git's protocol only to what calls itself git.
      'user-agent': 'git/2.45.0 (plumbline)',
      ...(authorization === undefined ? {} : { authorization }),
    };
    const content = body === undefined ? ({ method: 'GET' } as const) : ({ method: 'POST', body } as const);
    const path = url.pathname + url.search;
    return this.#agent.request({ origin: url.origin, path, signal, headers: all, ...content });
  }

  async *#bounded({ shown }: GitAddress, response: Dispatcher.ResponseData): AsyncGenerator<Uint8Array> {
    let left = this.#options.maxBytes;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      left -= chunk.length;
      if (left < 0) throw tooLarge(shown, this.#options.maxBytes);
      yield chunk;
    }
  }
}

function isSame(one: GitCredential, other: GitCredential | undefined): boolean {
  return one.username === other?.username && one.password === other.password;
}

async function typeOf({ shown }: GitAddress, response: Dispatcher.ResponseData): Promise<string> {
  const type = String(response.headers['content-type'] ?? '');
  if (type.startsWith('application/x-git-upload-pack')) return type;
  await response.body.dump();
  throw notGit(shown, type);
}

function nextHop({ shown }: GitAddress, from: URL, location: string | readonly string[] | undefined): URL {
  const target = String(location ?? '');
  const to = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  const isSafe = to !== undefined && (to.protocol === 'https:' || to.protocol === from.protocol);
  if (isSafe && to.pathname.split('/').at(-1) === from.pathname.split('/').at(-1)) {
    to.username = '';
    to.password = '';
    return to;
  }
  throw new GitError(
    'git-repository-unknown',
    `Git repository ${shown} redirects to a place that is no Git repository.`,
    {
      object: shown,
      hint: 'Open the address in a browser to see where it leads, and write the new one; some hosts redirect so when a login is needed.',
    },
  );
}

function notGit(shown: string, type: string): GitError {
  return new GitError(
    'git-repository-unknown',
    `${shown} is not the address of a Git repository: it answers with ${type || 'something else'}.`,
    {
      object: shown,
      hint: 'Write the address that `git clone` takes.',
    },
  );
}

function tooLarge(shown: string, maxBytes: number): GitError {
  return new GitError(
    'git-too-large',
    `Git repository ${shown} sends more than the limit of ${Math.round(maxBytes / 1e6)} MB.`,
    {
      object: shown,
      hint: 'Raise the limit, or keep large files out of the repository.',
    },
  );
}
