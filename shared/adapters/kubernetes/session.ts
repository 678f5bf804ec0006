import type { Dispatcher } from 'undici';
import { openConnection } from './connection.ts';
import { type Certificate, type Credential, Credentials } from './credentials.ts';
import type { Target } from './find-target.ts';
import type { Environment } from './load-kubeconfig.ts';
import { type HttpRequest, type HttpResponse, send } from './send.ts';

/** A request without what the session adds: the server and the proof of who we are. */
export type SessionRequest = Omit<HttpRequest, 'origin'>;

/** Kept connections to one API server, as one user. */
export class Session {
  /** The URL of the API server, without credentials and without a slash at its end. */
  readonly server: string;
  readonly #target: Target;
  readonly #credentials: Credentials;
  readonly #origin: string;
  readonly #basePath: string;
  #connection: { readonly certificate: Certificate | undefined; readonly dispatcher: Promise<Dispatcher> } | undefined;

  constructor(target: Target, environment: Environment) {
    const { origin, pathname } = new URL(target.cluster.server);
    this.#target = target;
    this.#credentials = new Credentials(target, environment);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, '');
    this.server = origin + this.#basePath;
  }

  /** Sends a request once; when the API server does not accept the credential (401), once more with a fresh one. */
  async send(request: SessionRequest): Promise<HttpResponse> {
    const credential = await this.#credentials.current();
    const response = await this.#sendAs(credential, request);
    if (response.status !== 401) return response;
    await this.#credentials.forget(credential);
    return this.#sendAs(await this.#credentials.current(), request);
  }

  /** Ends all kept connections, once the requests under way are answered. */
  async close(): Promise<void> {
    const open = this.#connection?.dispatcher;
    this.#connection = undefined;
    await (await open)?.close();
  }

  async #sendAs(credential: Credential, request: SessionRequest): Promise<HttpResponse> {
    const dispatcher = await this.#connect(credential.certificate);
    return send(dispatcher, {
      ...request,
      origin: this.#origin,
      path: this.#basePath + request.path,
      headers: [...request.headers, ...credential.headers.flat()],
    });
  }

  /** The kept connections; new ones when the client certificate has changed. */
  #connect(certificate: Certificate | undefined): Promise<Dispatcher> {
    const old = this.#connection;
    if (old !== undefined && old.certificate === certificate) return old.dispatcher;
    const dispatcher = openConnection(this.#target.cluster, certificate);
    this.#connection = { certificate, dispatcher };
    dispatcher.catch(() => {
      if (this.#connection?.dispatcher === dispatcher) this.#connection = undefined;
    });
    // Requests under way on the old ones are answered first; a failure to open them has been told to whoever asked.
    old?.dispatcher.then((opened) => opened.close()).catch(() => undefined);
    return dispatcher;
  }
}
