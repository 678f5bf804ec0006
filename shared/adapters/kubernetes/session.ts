import type { Dispatcher } from 'undici';
import { openConnection } from './connection.ts';
import { type Certificate, type Credential, Credentials } from './credentials.ts';
import type { Target } from './find-target.ts';
import type { ClusterEntry } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import { LocatedCluster } from './located-cluster.ts';
import { type HttpRequest, type HttpResponse, send } from './send.ts';

/** A request without what the session adds: the server and the proof of who we are. */
export type SessionRequest = Omit<HttpRequest, 'origin'>;

/** Kept connections to one API server, as one user. */
export class Session {
  readonly #located: LocatedCluster;
  readonly #credentials: Credentials;
  #connection: Connection | undefined;

  constructor(target: Target, environment: Environment) {
    this.#located = new LocatedCluster(target);
    this.#credentials = new Credentials(target, environment);
  }

  /** The URL of the API server, without credentials and without a slash at its end. */
  get server(): string {
    const { origin, basePath } = placeOf(this.#located.current);
    return origin + basePath;
  }

  /** Sends a request once; once more where the API server has moved. */
  async send(request: SessionRequest): Promise<HttpResponse> {
    const cluster = this.#located.current;
    try {
      return await this.#sendTo(cluster, request);
    } catch (error) {
      if (!(await this.#located.hasMoved(cluster, error))) throw error;
    }
    return this.#sendTo(this.#located.current, request);
  }

  /** Ends all kept connections, once the requests under way are answered. */
  async close(): Promise<void> {
    const open = this.#connection?.dispatcher;
    this.#connection = undefined;
    await (await open)?.close();
  }

  /** When the API server does not accept the credential (401), it gets a fresh one, once. */
  async #sendTo(cluster: ClusterEntry, request: SessionRequest): Promise<HttpResponse> {
    const credential = await this.#credentials.current();
    const response = await this.#sendAs(credential, cluster, request);
    if (response.status !== 401) return response;
    await this.#credentials.forget(credential);
    return this.#sendAs(await this.#credentials.current(), cluster, request);
  }

  async #sendAs(credential: Credential, cluster: ClusterEntry, request: SessionRequest): Promise<HttpResponse> {
    const dispatcher = await this.#connect(cluster, credential.certificate);
    const { origin, basePath } = placeOf(cluster);
    return send(dispatcher, {
      ...request,
      origin,
      path: basePath + request.path,
      headers: [...request.headers, ...credential.headers.flat()],
    });
  }

  /** The kept connections; new ones when the place or the client certificate has changed. */
  #connect(cluster: ClusterEntry, certificate: Certificate | undefined): Promise<Dispatcher> {
    const old = this.#connection;
    if (old !== undefined && old.certificate === certificate && old.cluster === cluster) return old.dispatcher;
    const dispatcher = openConnection(cluster, certificate);
    this.#connection = { cluster, certificate, dispatcher };
    dispatcher.catch(() => {
      if (this.#connection?.dispatcher === dispatcher) this.#connection = undefined;
    });
    // Requests under way on the old ones are answered first; a failure to open them has been told to whoever asked.
    old?.dispatcher.then((opened) => opened.close()).catch(() => undefined);
    return dispatcher;
  }
}

type Connection = {
  readonly cluster: ClusterEntry;
  readonly certificate: Certificate | undefined;
  readonly dispatcher: Promise<Dispatcher>;
};

function placeOf({ server }: ClusterEntry): { readonly origin: string; readonly basePath: string } {
  const { origin, pathname } = new URL(server);
  return { origin, basePath: pathname.replace(/\/+$/, '') };
}
