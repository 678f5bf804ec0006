import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { Delivery } from '../../../shared/model/push.ts';
import type { Emulator } from '../aws/start-emulator.ts';
import type { Posted } from '../post.ts';

/** A way to the address for webhooks, whose name only AWS would resolve. */
export type WebhookWay = {
  /** On 127.0.0.1. */
  readonly url: string;
  /** Deliveries that came, oldest first, whether or not they got lost. */
  readonly deliveries: readonly Delivery[];
  /** From now on deliveries get lost, and whoever sends them does not learn it; or arrive again. */
  loseAll(lost: boolean): void;
  /** Sends a delivery, lost or not. */
  send(delivery: Delivery): Promise<Posted>;
  close(): Promise<void>;
};

/** Opens a way to `target`, which is an emulator's. */
export async function openWebhookWay(target: string, emulator: Emulator): Promise<WebhookWay> {
  const deliveries: Delivery[] = [];
  let isLost = false;
  const send = (delivery: Delivery): Promise<Posted> => pass(new URL(target), delivery, emulator);
  const server = createServer(async (request, response) => {
    const delivery = { headers: headersOf(request), body: await buffer(request) };
    deliveries.push(delivery);
    const { status, answer } = isLost ? { status: 202, answer: 'lost' } : await send(delivery);
    response.writeHead(status).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    deliveries,
    loseAll: (lost) => {
      isLost = lost;
    },
    send,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headersOf({ headers }: IncomingMessage): Delivery['headers'] {
  const { host: _host, connection: _connection, ...own } = headers;
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, `${value}`]));
}

function pass(
  { hostname, pathname }: URL,
  { headers, body }: Delivery,
  { endpoint, certificate }: Emulator,
): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>();
  const { protocol, port } = new URL(endpoint);
  // The emulator knows its APIs only below its own name.
  const host = `${hostname.split('.')[0]}.execute-api.localhost`;
  const options = {
    method: 'POST',
    host: '127.0.0.1',
    port,
    path: pathname,
    agent: false as const,
    headers: { ...headers, host },
    ...(certificate === undefined ? {} : { ca: certificate, servername: 'localhost' }),
  };
  const sent = (protocol === 'https:' ? httpsRequest : httpRequest)(options, (answer) => {
    text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, answer: said }), reject);
  });
  sent.once('error', reject).end(body);
  return promise;
}
