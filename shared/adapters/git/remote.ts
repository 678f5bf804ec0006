import { type ErrorCode, GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import type { GitAddress } from './git-address.ts';
import type { GitAnswer, GitHttp, GitQuestion } from './git-http.ts';
import { readPkts } from './pkt-line.ts';
import {
  fetchRequest,
  legacyFetchRequest,
  lsRefsRequest,
  type PackRequest,
  readAdvertisement,
  readPackBytes,
  readRefs,
} from './upload-pack.ts';

type Protocol = { readonly version: 1 | 2; readonly base: string };

/** What a host may answer that does not know protocol version 2, or wants its address written otherwise. */
const doubtful: readonly ErrorCode[] = ['git-failed', 'git-repository-unknown', 'git-unauthorized'];

/**
 * One repository at its host. Version 2 needs no greeting, so the first request is already the question; only where that fails is the
 * host asked what it speaks, and its answer remembered.
 */
export class Remote {
  readonly address: GitAddress;
  readonly #http: GitHttp;
  #protocol: Protocol | undefined;

  constructor(address: GitAddress, http: GitHttp) {
    this.address = address;
    this.#http = http;
  }

  /** The refs that start with one of the prefixes. */
  async listRefs(prefixes: readonly string[]): Promise<readonly GitRef[]> {
    const refs = await this.#converse(async ({ version, base }, attempts) => {
      if (version === 1) return (await this.#greet(base)).refs;
      return this.#ask({ url: `${base}/git-upload-pack`, body: lsRefsRequest(prefixes), attempts }, ({ body }) =>
        readRefs(readPkts(body)),
      );
    });
    return refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  }

  /** Hands the bytes of a pack to `read`, from the start again when the connection breaks on the way. */
  async fetchPack<T>(request: PackRequest, read: (pack: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    return this.#converse(({ version, base }, attempts) => {
      const body = version === 1 ? legacyFetchRequest(request) : fetchRequest(request);
      return this.#ask({ url: `${base}/git-upload-pack`, body, attempts }, (answer) =>
        read(readPackBytes(readPkts(answer.body))),
      );
    });
  }

  async #converse<T>(use: (protocol: Protocol, attempts: number) => Promise<T>): Promise<T> {
    if (this.#protocol === undefined) {
      const guess: Protocol = { version: 2, base: this.address.base };
      const first = await settled(use(guess, 1));
      if ('value' in first) {
        this.#protocol = guess;
        return first.value;
      }
      if (!(first.error instanceof GitError) || !doubtful.includes(first.error.code)) throw first.error;
      const { version, base } = await this.#greet(this.address.base);
      this.#protocol = { version, base };
    }
    return use(this.#protocol, 3);
  }

  async #greet(base: string): Promise<Protocol & { readonly refs: readonly GitRef[] }> {
    return this.#ask({ url: `${base}/info/refs?service=git-upload-pack` }, async ({ url, body }) => ({
      ...(await readAdvertisement(readPkts(body))),
      base: url.replace(/\/info\/refs(\?.*)?$/, ''),
    }));
  }

  /** Errors of the protocol gain the repository's name here. */
  #ask<T>(question: GitQuestion, read: (answer: GitAnswer) => Promise<T>): Promise<T> {
    return this.#http.ask(this.address, question, read).catch((error: unknown) => {
      throw error instanceof GitError && error.object === undefined ? this.#named(error) : error;
    });
  }

  #named({ code, message, hint, retryable, cause }: GitError): GitError {
    const details = { object: this.address.shown, retryable, cause, ...(hint === undefined ? {} : { hint }) };
    return new GitError(code, `Git repository ${this.address.shown} could not be read: ${message}`, details);
  }
}

async function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
