import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterError, PlumbError } from '../../errors.ts';
import { Limit } from '../limit.ts';
import { advise } from './advice.ts';
import { type ApiStatus, parseStatus } from './api-status.ts';
import { requestsUnderWay } from './connection.ts';
import { type Purpose, refusedError, type Server, unreachableError, type Verb } from './failures.ts';
import type { Target } from './find-target.ts';
import type { Environment } from './load-kubeconfig.ts';
import { delayBeforeRetry, type Failure, type FailureKind, failureKind, retryAfterOf } from './retry.ts';
import type { HttpResponse } from './send.ts';
import { Session } from './session.ts';

/** One request as it was sent; a repeated one counts each time. `status` is 0 where there was no answer. */
export type SentRequest = {
  readonly verb: Verb;
  /** The plural, or the path for discovery. */
  readonly resource: string;
  readonly status: number;
  readonly ms: number;
};

/** In milliseconds, for one request with its answer; a repeated one has as much again. */
export type Timeouts = { readonly read: number; readonly write: number };

const defaultTimeouts: Timeouts = { read: 30_000, write: 60_000 };

export type ClientOptions = {
  /** What credential plugins run with, and where KUBECONFIG and HOME are looked up. Default: nothing. */
  readonly environment?: Environment;
  readonly timeouts?: Partial<Timeouts>;
  readonly observe?: (request: SentRequest) => void;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
  /** What the requests are made for now; with the name of Plumbline it is in the API server's audit log. */
  readonly job?: () => string | undefined;
};

export type ApiRequest = {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'PATCH' | 'DELETE' | 'POST';
  readonly path: string;
  readonly resource: string;
  readonly accept?: string;
  readonly contentType?: string;
  /** Made once, when the request's turn comes. */
  readonly body?: () => string;
};

/** The body of a success, or the status of anything else. */
export type ApiAnswer = { readonly body: string } | { readonly status: ApiStatus };

/** Talks to one API server: so many requests at once, each repeated where that can help. */
export class ApiClient {
  readonly #target: Target;
  readonly #session: Session;
  readonly #limit = new Limit(requestsUnderWay);
  readonly #timeouts: Timeouts;
  readonly #observe: ClientOptions['observe'];
  readonly #random: () => number;
  readonly #job: ClientOptions['job'];

  constructor(target: Target, options: ClientOptions) {
    this.#session = new Session(target, options.environment ?? {});
    this.#target = target;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#observe = options.observe;
    this.#job = options.job;
    this.#random = options.random ?? Math.random;
  }

  /** Where it is now. */
  get server(): Server {
    return { name: this.#target.name, server: this.#session.server };
  }

  /** The body of the answer; one without success is a ClusterError. */
  async call(request: ApiRequest): Promise<string> {
    const answer = await this.ask(request);
    if ('body' in answer) return answer.body;
    throw this.refusal(request, answer.status);
  }

  /** The answer, whatever it is; none at all is a ClusterError. */
  async ask(request: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#limit.run(() => this.#sendUntilSettled(request));
    return response.status < 300 ? { body: response.body } : { status: parseStatus(response) };
  }

  /** The error for an answer that the caller has no use for. */
  refusal({ purpose }: ApiRequest, status: ApiStatus): ClusterError {
    return advise(refusedError(this.server, purpose, status), this.#target.advice);
  }

  /** Ends all kept connections. */
  close(): Promise<void> {
    return this.#session.close();
  }

  /** A request keeps its place in the limit while it waits to be repeated: an API server in trouble gets fewer at once. */
  async #sendUntilSettled(request: ApiRequest): Promise<HttpResponse> {
    const body = request.body?.() ?? null;
    const failures: FailureKind[] = [];
    for (;;) {
      const outcome = await this.#attempt(request, body);
      if ('status' in outcome && outcome.status < 300) return outcome;
      const delay = this.#delayAfter(request, outcome, failures);
      if (delay !== undefined) await sleep(delay);
      else if ('status' in outcome) return outcome;
      else throw this.#toError(request, outcome.error);
    }
  }

  /** Credentials that cannot be had have said so themselves. */
  #toError({ purpose }: ApiRequest, error: unknown): PlumbError {
    if (error instanceof PlumbError) return error;
    return advise(unreachableError(this.server, purpose, error), this.#target.advice, error);
  }

  #delayAfter(
    request: ApiRequest,
    outcome: HttpResponse | { error: unknown },
    failures: FailureKind[],
  ): number | undefined {
    const answered = 'status' in outcome;
    const failure: Failure = answered ? { status: parseStatus(outcome), method: request.method } : outcome;
    const kind = failureKind(failure);
    if (kind === undefined) return undefined;
    failures.push(kind);
    const retryAfterMs = answered ? retryAfterOf(outcome.headers['retry-after'], Date.now()) : undefined;
    return delayBeforeRetry(failures, { retryAfterMs, random: this.#random });
  }

  async #attempt(request: ApiRequest, body: string | null): Promise<HttpResponse | { readonly error: unknown }> {
    const { method, path, purpose, resource } = request;
    const started = performance.now();
    const timeoutMs = method === 'GET' ? this.#timeouts.read : this.#timeouts.write;
    const outcome = await this.#session
      .send({ method, path, headers: headersOf(request, this.#job?.()), body, timeoutMs })
      .catch((error: unknown) => ({ error }));
    const status = 'status' in outcome ? outcome.status : 0;
    this.#observe?.({ verb: purpose.verb, resource, status, ms: performance.now() - started });
    return outcome;
  }
}

function headersOf({ accept = 'application/json', contentType }: ApiRequest, job: string | undefined): string[] {
  const type = contentType === undefined ? [] : ['content-type', contentType];
  const agent =
    job === undefined ? 'plumbline' : `plumbline (${job.replaceAll(/[^\x20-\x7e]|[()]/g, '?').slice(0, 200)})`;
  return ['accept', accept, 'user-agent', agent, ...type];
}
