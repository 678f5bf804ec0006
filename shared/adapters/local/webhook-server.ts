import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, PlumbError } from '../../errors.ts';
import { type Delivery, maxDeliveryBytes } from '../../model/push.ts';
import { type NoBody, RequestBodies } from './request-bodies.ts';

export type WebhookAnswer = { readonly status: number; readonly message: string };

export type WebhookServerOptions = {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Decides on a delivery; its message is all that the sender is told. */
  readonly receive: (delivery: Delivery) => WebhookAnswer | Promise<WebhookAnswer>;
  /** Told what goes wrong inside; the sender is not. */
  readonly onError: (error: unknown) => void;
  /** How long a sender may take for a whole request; default 10 s. */
  readonly requestTimeoutMs?: number;
};

export type WebhookServer = {
  /** Where deliveries go, such as `http://127.0.0.1:8080/webhook`. */
  readonly url: string;
  /** Lets what is being answered end, for a second at most, and gives up the port. */
  close(): Promise<void>;
};

const maxConnections = 200;
const maxHeldBytes = 64 * 1024 * 1024;
/** What is still taken off the wire, and thrown away, of a body that is refused: a sender that still writes reads no answer. */
const maxLingerBytes = maxDeliveryBytes;
const closeGraceMs = 1_000;

const refusals: { readonly [reason in Exclude<NoBody, 'gone'>]: WebhookAnswer } = {
  'too-large': { status: 413, message: 'the body is larger than 6 MB' },
  'no-room': { status: 503, message: 'too many deliveries at once' },
};

type Front = Pick<WebhookServerOptions, 'receive' | 'onError'> & { readonly bodies: RequestBodies };
type Route = {
  readonly method: string;
  readonly act: (exchange: Exchange, front: Front) => Promise<void>;
};
type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

const routes: ReadonlyMap<string, Route> = new Map([
  ['/webhook', { method: 'POST', act: takeDelivery }],
  ['/healthz', { method: 'GET', act: async ({ response }) => answer(response, { status: 200, message: 'ok' }) }],
]);

/**
 * Takes webhooks in: `POST /webhook`, and `GET /healthz` for whoever watches it. Slow senders, large bodies and too many
 * connections are cut off, so that its memory is bounded whatever comes. No answer repeats what was sent.
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const timeout = options.requestTimeoutMs ?? 10_000;
  const bodies = new RequestBodies({ maxBytes: maxDeliveryBytes, maxTotalBytes: maxHeldBytes });
  const server = createServer(
    { headersTimeout: timeout, requestTimeout: timeout, connectionsCheckingInterval: Math.min(1_000, timeout / 2) },
    (request, response) => {
      // A connection that would be kept open does not hold up the end.
      response.once('finish', () => server.listening || request.socket.end());
      void respond({ request, response }, { ...options, bodies });
    },
  );
  server.maxConnections = maxConnections;
  await listen(server, options);
  server.on('error', options.onError);
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `http://${host}:${port}/webhook`, close: () => close(server) };
}

async function respond(exchange: Exchange, front: Front): Promise<void> {
  const { request, response } = exchange;
  const route = routes.get(request.url?.split('?', 1)[0] ?? '');
  if (route === undefined) return refuse(exchange, { status: 404, message: 'not found' });
  if (methodOf(request) !== route.method) {
    response.setHeader('allow', route.method);
    return refuse(exchange, { status: 405, message: `only ${route.method} is answered here` });
  }
  await route.act(exchange, front).catch((error: unknown) => {
    front.onError(error);
    refuse(exchange, { status: 500, message: 'something went wrong here' });
  });
}

/** HEAD is GET without the body, which the answer leaves out by itself. */
function methodOf({ method }: IncomingMessage): string | undefined {
  return method === 'HEAD' ? 'GET' : method;
}

async function takeDelivery(exchange: Exchange, { receive, bodies }: Front): Promise<void> {
  const headers = headersOf(exchange.request);
  const result = await bodies.with(exchange.request, async (body) => await receive({ headers, body }));
  if (!('noBody' in result)) return answer(exchange.response, result);
  if (result.noBody !== 'gone') refuse(exchange, refusals[result.noBody]);
}

function headersOf({ headers }: IncomingMessage): Delivery['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function answer(response: ServerResponse, { status, message }: WebhookAnswer): void {
  const text = `${message}\n`;
  writeHead(response, status, text).end(text);
}

/** Answers before the body has been read, if there is one, and ends the connection: on its own side first. */
function refuse({ request, response }: Exchange, { status, message }: WebhookAnswer): void {
  const text = `${message}\n`;
  response.setHeader('connection', 'close');
  writeHead(response, status, text);
  if (request.readableEnded || request.method === 'HEAD') return void response.end(text);
  response.write(text, () => request.socket.end());
  let left = maxLingerBytes;
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('end', () => response.end());
}

function writeHead(response: ServerResponse, status: number, text: string): ServerResponse {
  return response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  });
}

async function listen(server: Server, { host, port }: WebhookServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  await promise.catch((cause: unknown) => {
    throw new PlumbError('usage', `webhooks cannot be taken in on ${host}:${port}: ${messageOf(cause)}`, {
      hint: 'choose another address or port, or end what uses it',
      cause,
    });
  });
  server.off('error', reject);
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
  clearTimeout(timer);
}
