import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export type ConnectProxy = {
  /** With user and password in it when they are asked for. */
  readonly url: string;
  /** The `host:port` of each tunnel that was opened. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
};

/** A tiny HTTP proxy that knows CONNECT only; with `password`, for user `proxy-user` alone. */
export async function startConnectProxy({ password }: { readonly password?: string } = {}): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const expected = `Basic ${Buffer.from(`proxy-user:${password}`).toString('base64')}`;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket) => {
    sockets.add(client);
    if (password !== undefined && request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const [host, port] = String(request.url).split(':');
    tunnels.push(String(request.url));
    const target = connect(Number(port), host, () => client.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
    client.on('close', () => target.destroy());
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const user = password === undefined ? '' : `proxy-user:${password}@`;
  return {
    url: `http://${user}127.0.0.1:${port}`,
    tunnels,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
