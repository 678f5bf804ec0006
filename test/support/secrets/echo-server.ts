import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Echo = (request: IncomingMessage, response: ServerResponse) => void;

export type EchoServer = { readonly url: string; answer(next: Echo): void; close(): Promise<void> };

/** A server that answers everything the way it was told last. */
export async function startEchoServer(): Promise<EchoServer> {
  let echo: Echo = (_request, response) => void response.writeHead(404).end();
  const server = createServer((request, response) => {
    request.resume();
    echo(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (next) => {
      echo = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
