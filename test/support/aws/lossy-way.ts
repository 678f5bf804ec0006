import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a server on which answers get lost. */
export type LossyWay = { readonly endpoint: string; readonly lost: () => number; stop(): void };

/** Passes requests on to an endpoint; where `loses` says so, the server does what it is asked, and the answer never arrives. */
export async function startLossyWay(endpoint: string, loses: (request: IncomingMessage) => boolean): Promise<LossyWay> {
  let lost = 0;
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const isLost = loses(request);
    const onward = send(new URL(url ?? '/', endpoint), { method: method ?? 'GET', headers }, (answer) => {
      if (isLost) {
        lost += 1;
        answer.resume().once('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
