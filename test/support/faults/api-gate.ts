import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterEndpoint } from '../../../shared/cluster-ports.ts';
import { makeCertificates } from '../vault/make-certificates.ts';

/** Which requests are meant; `path` is matched with the query. */
export type GatePattern = { readonly method?: string; readonly path: RegExp };

/** A request that waits before the gate. */
export type Held = {
  /** Resolves when one has come. */
  readonly arrived: Promise<void>;
  /** Lets it through; whoever asked may be gone by then. */
  release(): void;
};

/** A way to an API server, on which requests can be counted and held up. Who asks stays who it is. */
export type ApiGate = {
  readonly endpoint: ClusterEndpoint;
  /** `METHOD PATH` of all that came since the start or the last `forget`. */
  readonly requests: readonly string[];
  forget(): void;
  /** Holds up the next request that matches. */
  hold(pattern: GatePattern): Held;
  /** From now on nobody gets through, until it is opened again. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
};

type Waiting = GatePattern & { readonly arrive: () => void; readonly passed: Promise<void> };

/** Opens a gate before the API server at `upstream`. */
export async function openApiGate(upstream: ClusterEndpoint): Promise<ApiGate> {
  const { ca, server: own } = makeCertificates();
  const agent = new HttpsAgent({ keepAlive: true, ca: Buffer.from(upstream.certificateAuthority, 'base64') });
  const requests: string[] = [];
  const waiting: Waiting[] = [];
  const server = createServer(own, async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const index = waiting.findIndex((each) => matches(each, request));
    if (index >= 0) {
      const [held] = waiting.splice(index, 1);
      held?.arrive();
      await held?.passed;
    }
    forward(request, response, { origin: upstream.server, agent });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shut = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    endpoint: {
      server: `https://127.0.0.1:${port}`,
      certificateAuthority: Buffer.from(ca).toString('base64'),
    },
    requests,
    forget: () => {
      requests.length = 0;
    },
    hold: (pattern) => {
      const arrived = Promise.withResolvers<void>();
      const passed = Promise.withResolvers<void>();
      waiting.push({ ...pattern, arrive: arrived.resolve, passed: passed.promise });
      return { arrived: arrived.promise, release: passed.resolve };
    },
    shut,
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      await shut();
      agent.destroy();
    },
  };
}

function matches({ method, path }: GatePattern, request: IncomingMessage): boolean {
  return (method === undefined || method === request.method) && path.test(request.url ?? '');
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { origin, agent }: { readonly origin: string; readonly agent: HttpsAgent },
): void {
  // Whoever was ended while it waited must not have its request carried out.
  if (request.socket.destroyed) return;
  const { host: _, ...headers } = request.headers;
  const passed = httpsRequest(`${origin}${request.url}`, { method: request.method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => request.socket.destroy());
  request.pipe(passed);
}
