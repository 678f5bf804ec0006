import { Buffer } from 'node:buffer';
import type { HttpClient } from 'isomorphic-git';
import { type ErrorCode, GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import type { GitAddress } from './git-address.ts';
import { failureOfCause } from './git-failure.ts';
import type { GitHttp } from './git-http.ts';
import { askVersion, fetchLegacy, listLegacyRefs, type Origin } from './legacy-protocol.ts';
import { readPkts } from './pkt-line.ts';
import { fetchRequest, lsRefsRequest, type PackRequest, readPackBytes, readRefs } from './protocol-v2.ts';
import { writePack } from './write-pack.ts';

/** Sends a request of version 2, and gives what `read` makes of the answer. */
type Ask = <T>(body: string, read: (pkts: AsyncIterable<Buffer>) => Promise<T>) => Promise<T>;

/** The same question in both versions of the protocol. */
type Question<T> = {
  readonly modern: (ask: Ask) => Promise<T>;
  readonly legacy: (origin: Origin) => Promise<T>;
};

/** What a host may answer that does not know protocol version 2, or wants its address written otherwise. */
const doubtful: readonly ErrorCode[] = ['git-failed', 'git-repository-unknown', 'git-unauthorized'];
const kind = 'application/x-git-upload-pack';
const modernHeaders = { 'git-protocol': 'version=2', 'content-type': `${kind}-request`, accept: `${kind}-result` };

/**
 * One repository at its host. Version 2 needs no greeting, so the first request is already the question; only where that fails is the
 * host asked what it speaks, and its answer remembered.
 */
export class Remote {
  readonly address: GitAddress;
  readonly #http: GitHttp;
  #base: string;
  #version: 1 | 2 | undefined;

  constructor(address: GitAddress, http: GitHttp) {
    this.address = address;
    this.#base = address.base;
    this.#http = http;
  }

  /** The refs that start with one of the prefixes. */
  async listRefs(prefixes: readonly string[]): Promise<readonly GitRef[]> {
    const refs = await this.#converse({
      modern: (ask) => ask(lsRefsRequest(prefixes), readRefs),
      legacy: listLegacyRefs,
    });
    return refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  }

  /** Fetches into a bare repository; see `fetchLegacy` for what an old host cannot do. */
  async fetch(request: PackRequest, gitdir: string): Promise<void> {
    await this.#converse({
      modern: (ask) => ask(fetchRequest(request), (pkts) => writePack(gitdir, readPackBytes(pkts))),
      legacy: (origin) => fetchLegacy(origin, request, gitdir),
    });
  }

  /** All failures are GitError with the repository's name. */
  async #converse<T>(question: Question<T>): Promise<T> {
    try {
      if (this.#version === undefined) return await this.#venture(question);
      return await (this.#version === 1 ? question.legacy(this.#origin()) : question.modern(this.#asking(3)));
    } catch (error) {
      throw this.#named(error);
    }
  }

  async #venture<T>(question: Question<T>): Promise<T> {
    try {
      const value = await question.modern(this.#asking(1));
      this.#version = 2;
      return value;
    } catch (error) {
      if (!(error instanceof GitError) || !doubtful.includes(error.code)) throw error;
      this.#version = await this.#greet(error);
    }
    return this.#converse(question);
  }

  /** A greeting that is no better understood leaves it at the first failure. */
  #greet(failure: GitError): Promise<1 | 2> {
    return askVersion(this.#origin()).catch((error: unknown) => {
      throw error instanceof GitError ? error : failure;
    });
  }

  #asking(attempts: number): Ask {
    return (body, read) => {
      const request = { url: `${this.#base}/git-upload-pack`, headers: modernHeaders, body, attempts };
      return this.#http.ask(this.address, request, (answer) => read(readPkts(answer.body)));
    };
  }

  #origin(): Origin {
    return { url: this.#base, http: { request: (request) => this.#relay(request) } };
  }

  /** Answers the library's requests, whole, so that all that can break on the way breaks here; and remembers where a redirect led. */
  async #relay({ url, headers = {}, body }: Parameters<HttpClient['request']>[0]): ReturnType<HttpClient['request']> {
    const posted = body === undefined ? {} : { body: Buffer.concat(await Array.fromAsync(body)) };
    return this.#http.ask(this.address, { url, headers, ...posted }, async (answer) => {
      if (body === undefined) this.#base = answer.url.replace(/\/info\/refs(\?.*)?$/, '');
      const bytes = Buffer.concat(await Array.fromAsync(answer.body));
      return { url: answer.url, headers: answer.headers, statusCode: 200, statusMessage: 'OK', body: once(bytes) };
    });
  }

  #named(error: unknown): GitError {
    if (!(error instanceof GitError) || error.object !== undefined) return failureOfCause(this.address.shown, error);
    const { code, message, hint, retryable, cause } = error;
    const details = { object: this.address.shown, retryable, cause, ...(hint === undefined ? {} : { hint }) };
    return new GitError(code, `Git repository ${this.address.shown} could not be read: ${message}`, details);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
